/** Every verb there is, by noun. A new noun is one file beside this one and one line here. */
import * as advising from './advising.ts'
import * as agents from './agents.ts'
import * as approvals from './approvals.ts'
import { aside } from './aside.ts'
import * as audit from './audit.ts'
import * as budgets from './budgets.ts'
import * as calendars from './calendars.ts'
import * as channels from './channels.ts'
import * as chat from './chat.ts'
import * as commands from './commands.ts'
import * as conditions from './conditions.ts'
import { bind, type Deps } from './deps.ts'
import * as calendarFeeds from './calendar-feeds.ts'
import * as customAgents from './custom-agents.ts'
import { doingsOf } from './doings.ts'
import * as demo from './demo.ts'
import { recordedDoings } from './doings-recorded.ts'
import * as deliveries from './deliveries.ts'
import * as documents from './documents.ts'
import { createEndings } from './endings.ts'
import * as events from './events.ts'
import * as exchange from './exchange.ts'
import type { ExchangeDeps } from './exchange/deps.ts'
import * as executions from './executions.ts'
import * as manyExecutions from './many-executions.ts'
import { test } from './draft-trial.ts'
import * as happenings from './happenings.ts'
import * as expectations from './expectations.ts'
import * as health from './health.ts'
import { heardBy } from './heard-by.ts'
import * as hooks from './hooks.ts'
import * as mailSettings from './mail-settings.ts'
import * as mcpServers from './mcp-servers.ts'
import * as models from './models.ts'
import * as notes from './notes.ts'
import * as overview from './overview.ts'
import * as ownChannels from './own-channels.ts'
import { triggerProactiveAgents } from './proactive.ts'
import * as people from './people.ts'
import * as previewing from './previewing.ts'
import * as proposals from './proposals.ts'
import type { Recording } from '#db/recording.ts'
import type { News } from '../engine/news.ts'
import * as readiness from './readiness.ts'
import { type Receiving, receivingOn } from './receiving.ts'
import * as revisions from './revisions.ts'
import * as scheduler from './scheduler.ts'
import * as search from './search.ts'
import * as secrets from './secrets.ts'
import * as skills from './skills.ts'
import { sinceSuccess } from './since-success.ts'
import * as sources from './sources.ts'
import { templates as known } from '../templates/index.ts'
import * as templates from './templates.ts'
import { timeline } from './timeline.ts'
import * as triggers from './triggers.ts'
import * as simulating from './simulating.ts'
import * as trying from './trying.ts'
import * as unread from './unread.ts'
import * as webhooks from './webhooks.ts'
import * as why from './why.ts'
import * as workspaces from './workspaces.ts'

export interface House
  extends Omit<Deps, 'judgeAgent'>,
    agents.AgentDeps,
    calendars.CalendarDeps,
    ownChannels.OwnDeps,
    customAgents.CustomDeps,
    documents.DocumentDeps,
    Pick<demo.DemoDeps, 'log'>,
    mailSettings.MailDeps,
    mcpServers.McpDeps,
    models.ModelDeps,
    skills.SkillDeps,
    sources.SourceDeps,
    Omit<webhooks.WebhookDeps, 'isStopping' | 'endings' | keyof Receiving> {
  engine: Deps['engine'] & health.ServerDeps['engine']
  onHint: News['onHint']
  plainOf: ExchangeDeps['plainOf']
  recording: Recording
  readOn: News['readOn']
  server: Omit<health.ServerDeps, 'store' | 'clock' | 'engine'>
}

const HAPPENINGS = { types: happenings.types, post: happenings.post, list: happenings.list }
/** What happens, and the door by which code tells of it. */
const happeningsOn = (deps: Deps) => ({
  happenings: bind(deps, { ...HAPPENINGS, heardBy, test }),
  ...bind(deps, { triggerProactiveAgents }),
})

const { propose, get, confirm, dismiss } = proposals
/** What doors do with them; the rest of it is for other verbs. */
const PROPOSALS = { propose, get, confirm, dismiss }

export function bindVerbs({ server, ...given }: House) {
  const house = { ...given, engine: aside(given.engine, given.recording) }
  const agentVerbs = bind(house, agents)
  const deps: Deps = { ...house, judgeAgent: agentVerbs.judge }
  const receiving = { endings: createEndings(house), ...receivingOn(house.store) }
  const { catalogue, recording } = house
  const proposing = { ...deps, catalogue, recording, models: house.models }
  const hookDeps = { ...house, isStopping: server.isStopping, ...receiving }
  return {
    agents: agentVerbs,
    advising: bind(deps, { warnings: advising.warnings, previewDraft: advising.previewDraft }),
    proposals: bind(proposing, PROPOSALS),
    audit: bind(deps, audit),
    customAgents: bind(house, customAgents),
    calendars: bind(house, calendars),
    calendarFeeds: bind(house, calendarFeeds),
    channels: bind(house, channels),
    ownChannels: bind(house, ownChannels),
    demo: bind({ ...deps, log: house.log }, { state: demo.state, load: demo.load, remove: demo.remove }),
    deliveries: bind(house, deliveries),
    models: bind(house, models),
    mailSettings: bind(house, mailSettings),
    mcpServers: bind(house, mcpServers),
    secrets: bind(house, secrets),
    skills: bind(house, skills),
    sources: bind(house, sources),
    budgets: bind(house, budgets),
    triggers: bind(deps, triggers),
    templates: bind({ ...deps, catalogue: house.catalogue, mail: house.mail, templates: known }, templates),
    executions: bind(deps, executions),
    manyExecutions: bind(deps, manyExecutions),
    expectations: bind(deps, expectations),
    chat: bind({ ...deps, catalogue, log: house.log }, chat),
    ...bind(house, { search: search.search }),
    commands: bind(proposing, { perform: commands.perform, complete: commands.complete }),
    watching: bind(deps, { samples: conditions.samples, check: conditions.check, tryOut: conditions.tryOut }),
    events: bind(deps, events),
    exchange: bind({ ...deps, ...hookDeps }, exchange),
    ...happeningsOn(deps),
    documents: bind(house, documents),
    hooks: bind(hookDeps, hooks),
    webhooks: bind(hookDeps, webhooks),
    people: bind(deps, people),
    workspaces: bind(deps, workspaces),
    scheduler: bind(deps, scheduler),
    why: bind(deps, { ...why, sinceSuccess }),
    simulating: bind(deps, simulating),
    trying: bind(deps, trying),
    unread: bind(house, { list: unread.list, mark: unread.mark }),
    previewing: bind(deps, previewing),
    readiness: bind(deps, readiness),
    revisions: bind(deps, revisions),
    notes: bind(deps, notes),
    overview: bind(deps, overview),
    ...bind(house, { timeline }),
    approvals: bind(deps, approvals),
    doingsOf: (...run: [number, number]) => recordedDoings(doingsOf(proposing, ...run), house, run[0]),
    ...bind({ ...house, ...server }, health),
  }
}
