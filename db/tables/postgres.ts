import { postgresKit } from '../kit.ts'
import { tables } from '../schema.ts'

export const {
  user,
  session,
  account,
  verification,
  workspaces,
  members,
  invitations,
  apiKeys,
  triggers,
  triggerRevisions,
  executions,
  executionSteps,
  executionCheckpoints,
  executionDays,
  messages,
  events,
  documents,
  agents,
  agentRevisions,
  modelProviders,
  servers,
  outages,
  settings,
  idempotencyKeys,
} = tables(postgresKit)
