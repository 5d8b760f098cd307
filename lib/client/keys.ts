/**
 * The names of what the query cache holds. Everything of a
 * workspace begins alike, so that it can be refreshed together.
 */
export type Filters = Record<string, string | number | undefined>

export const keys = {
  me: ['me'] as const,
  accounts: ['accounts'] as const,
  checkup: ['checkup'] as const,
  demo: ['demo'] as const,
  scheduler: ['scheduler'] as const,
  workspace: (slug: string) => ['workspace', slug] as const,
  now: (slug: string) => ['workspace', slug, 'now'] as const,
  figures: (slug: string, filters: Filters) => ['workspace', slug, 'figures', filters] as const,
  details: (slug: string) => ['workspace', slug, 'details'] as const,
  members: (slug: string) => ['workspace', slug, 'members'] as const,
  apiKeys: (slug: string | null) => ['api-keys', slug] as const,
  agents: (slug: string) => ['workspace', slug, 'agents'] as const,
  agent: (slug: string, agentId: string) => ['workspace', slug, 'agents', agentId] as const,
  prompt: (slug: string, draft: string) => ['prompt', slug, draft] as const,
  tools: (slug: string) => ['workspace', slug, 'tools'] as const,
  secrets: (slug: string) => ['workspace', slug, 'secrets'] as const,
  mcpServers: (slug: string) => ['workspace', slug, 'mcp-servers'] as const,
  sources: (slug: string) => ['workspace', slug, 'sources'] as const,
  calendars: (slug: string) => ['workspace', slug, 'calendars'] as const,
  ownChannels: ['me', 'channels'] as const,
  ownSessions: ['me', 'sessions'] as const,
  browsers: ['me', 'push'] as const,
  /** Channels, rules, incidents and deliveries. */
  telling: (slug: string) => ['workspace', slug, 'telling'] as const,
  channels: (slug: string) => ['workspace', slug, 'telling', 'channels'] as const,
  rules: (slug: string) => ['workspace', slug, 'telling', 'rules'] as const,
  expectationList: (slug: string, which: object) =>
    ['workspace', slug, 'telling', 'expectations', which] as const,
  incidentList: (slug: string, status: string) =>
    ['workspace', slug, 'telling', 'incidents', status] as const,
  deliveryList: (slug: string, filters: Filters) =>
    ['workspace', slug, 'telling', 'deliveries', filters] as const,
  skills: (slug: string) => ['workspace', slug, 'skills'] as const,
  skillList: (slug: string) => ['workspace', slug, 'skills', 'list'] as const,
  skill: (slug: string, id: number) => ['workspace', slug, 'skills', id] as const,
  providers: (slug: string | null) => ['providers', slug] as const,
  mail: (slug: string | null) => ['mail', slug] as const,
  usage: (slug: string, query: Filters) => ['workspace', slug, 'usage', query] as const,
  prices: ['prices'] as const,
  allModels: ['models'] as const,
  models: (slug: string) => ['models', slug] as const,
  templates: ['templates'] as const,
  templatePlan: (slug: string, id: string, input: string) => ['template-plan', slug, id, input] as const,
  templateUpdate: (slug: string, id: number) =>
    ['workspace', slug, 'schedules', id, 'template-update'] as const,
  schedules: (slug: string) => ['workspace', slug, 'schedules'] as const,
  scheduleList: (slug: string, filters: Filters) =>
    ['workspace', slug, 'schedules', 'list', filters] as const,
  schedule: (slug: string, id: number) => ['workspace', slug, 'schedules', id] as const,
  scheduleStats: (slug: string, id: number) => ['workspace', slug, 'schedules', id, 'stats'] as const,
  scheduleReadiness: (slug: string, id: number) => ['workspace', slug, 'schedules', id, 'readiness'] as const,
  scheduleNotes: (slug: string, id: number) => ['workspace', slug, 'schedules', id, 'notes'] as const,
  webhook: (slug: string, id: number) => ['workspace', slug, 'schedules', id, 'webhook'] as const,
  scheduleForecast: (slug: string, id: number) => ['workspace', slug, 'schedules', id, 'forecast'] as const,
  proposals: (slug: string) => ['workspace', slug, 'proposals'] as const,
  proposal: (slug: string, id: number) => ['workspace', slug, 'proposals', id] as const,
  draftPreview: (slug: string, draft: string, id: number | null) => ['ahead', slug, id, draft] as const,
  draftForecast: (slug: string, draft: string) => ['forecast', slug, draft] as const,
  draftPast: (slug: string, draft: string, id: number | null) => ['past', slug, id, draft] as const,
  schedulePreview: (slug: string, id: number) => ['workspace', slug, 'schedules', id, 'preview'] as const,
  executions: (slug: string) => ['workspace', slug, 'executions'] as const,
  executionLists: (slug: string) => ['workspace', slug, 'executions', 'list'] as const,
  executionList: (slug: string, filters: Filters) =>
    ['workspace', slug, 'executions', 'list', filters] as const,
  execution: (slug: string, id: number) => ['workspace', slug, 'executions', id] as const,
  happenings: (slug: string) => ['workspace', slug, 'happenings'] as const,
  happeningList: (slug: string, filters: Filters) =>
    ['workspace', slug, 'happenings', 'list', filters] as const,
  documents: (slug: string) => ['workspace', slug, 'documents'] as const,
  documentLists: (slug: string) => ['workspace', slug, 'documents', 'list'] as const,
  documentList: (slug: string, filters: Filters) =>
    ['workspace', slug, 'documents', 'list', filters] as const,
  document: (slug: string, id: number) => ['workspace', slug, 'documents', id] as const,
  /** Over all workspaces: one inbox. */
  approvals: ['approvals'] as const,
  inbox: (which: string) => ['approvals', 'inbox', which] as const,
  approvalsOf: (slug: string, executionId: number) => ['approvals', slug, executionId] as const,
  budgets: (slug: string | null) => ['workspace', slug, 'budgets'] as const,
  grants: (slug: string) => ['workspace', slug, 'grants'] as const,
  completions: (slug: string, prefix: string) => ['completions', slug, prefix] as const,
  unread: (slug: string) => ['workspace', slug, 'unread'] as const,
  messages: (slug: string) => ['workspace', slug, 'messages'] as const,
  feed: (slug: string) => ['workspace', slug, 'messages', 'feed'] as const,
  /** Each thread by its root. */
  threads: (slug: string) => ['workspace', slug, 'messages', 'threads'] as const,
  thread: (slug: string, id: number) => ['workspace', slug, 'messages', 'threads', id] as const,
  around: (slug: string, id: number) => ['workspace', slug, 'messages', 'around', id] as const,
  found: (slug: string, q: string, within: string) => ['workspace', slug, 'found', q, within] as const,
  search: (slug: string, q: string) => ['workspace', slug, 'messages', 'search', q] as const,
}
