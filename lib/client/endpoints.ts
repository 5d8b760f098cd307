/**
 * Where the browser finds each endpoint it uses.
 *
 * Promise: every line is the contract's, to the letter; the compiler refuses any other. Written out because
 * the contract's own table carries its schemas along, which no browser needs.
 */
import type { Api } from '#lib/contract/api.ts'

export const endpoints = {
  me: 'GET /me',
  setUp: 'POST /set-up',
  invitation: 'GET /invitations/{token}',
  join: 'POST /invitations',
  accept: 'POST /invitations/accept',
  listAccounts: 'GET /accounts',
  changeAccount: 'PUT /accounts/{accountId}',
  endSessions: 'DELETE /accounts/{accountId}/sessions',
  offerPassword: 'POST /accounts/{accountId}/password-link',
  resetPassword: 'POST /password-resets',
  listWorkspaces: 'GET /workspaces',
  createWorkspace: 'POST /workspaces',
  getWorkspace: 'GET /workspace/{slug}',
  changeWorkspace: 'PUT /workspace/{slug}',
  workspaceStats: 'GET /workspace/{slug}/stats',
  missed: 'GET /workspace/{slug}/missed',
  listMembers: 'GET /workspace/{slug}/members',
  invite: 'POST /workspace/{slug}/members',
  changeMember: 'PUT /workspace/{slug}/members/{userId}',
  removeMember: 'DELETE /workspace/{slug}/members/{userId}',
  withdrawInvitation: 'DELETE /workspace/{slug}/invitations/{id}',
  listKeys: 'GET /api-keys',
  createKey: 'POST /api-keys',
  revokeKey: 'DELETE /api-keys/{id}',
  listAgents: 'GET /workspace/{slug}/agents',
  listDocuments: 'GET /workspace/{slug}/documents',
  addDocument: 'POST /workspace/{slug}/documents',
  deleteDocument: 'DELETE /workspace/{slug}/documents/{id}',
  listSchedules: 'GET /workspace/{slug}/agent-schedules',
  createSchedule: 'POST /workspace/{slug}/agent-schedules',
  getSchedule: 'GET /workspace/{slug}/agent-schedules/{id}',
  changeSchedule: 'PUT /workspace/{slug}/agent-schedules/{id}',
  deleteSchedule: 'DELETE /workspace/{slug}/agent-schedules/{id}',
  toggleSchedule: 'POST /workspace/{slug}/agent-schedules/{id}/toggle',
  runSchedule: 'POST /workspace/{slug}/agent-schedules/{id}/run',
  backfillSchedule: 'POST /workspace/{slug}/agent-schedules/{id}/backfill',
  scheduleStats: 'GET /workspace/{slug}/agent-schedules/{id}/stats',
  previewSchedule: 'GET /workspace/{slug}/agent-schedules/{id}/preview',
  previewCron: 'POST /cron/preview',
  whyTrigger: 'GET /workspace/{slug}/triggers/{id}/why',
  listExecutions: 'GET /workspace/{slug}/executions',
  getExecution: 'GET /workspace/{slug}/executions/{id}',
  cancelExecution: 'POST /workspace/{slug}/executions/{id}/cancel',
  retryExecution: 'POST /workspace/{slug}/executions/{id}/retry',
  listMessages: 'GET /workspace/{slug}/messages',
  postMessage: 'POST /workspace/{slug}/messages',
  listEvents: 'GET /workspace/{slug}/events',
  scheduler: 'GET /scheduler',
  changeScheduler: 'PUT /scheduler',
} as const satisfies { [Name in keyof Api]?: `${Api[Name]['method']} ${Api[Name]['path']}` }

export type Called = keyof typeof endpoints
