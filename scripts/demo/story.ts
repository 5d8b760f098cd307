/**
 * The story of the demo: a small tea shop, its agents and schedules, and what its people did in thirty days.
 */
import { NewAgent } from '#lib/contract/custom-agent.ts'
import { NewTrigger, type NewTriggerInput } from '#lib/contract/trigger.ts'
import type { Carillon } from '#lib/composition.ts'
import type { By } from '#lib/contract/by.ts'

export interface Shop {
  carillon: Carillon
  workspaceId: number
  by: By
  zone: string
  /** Where the clock was changed lately, if it was anywhere. */
  changed: string
  /** Of the schedules, by name. */
  ids: Map<string, number>
}

const writer = (name: string, instructions: string) =>
  NewAgent.parse({
    name,
    description: instructions,
    instructions: `${name}. ${instructions}`,
    maxTokens: 20_000,
  })

const AGENTS = [
  writer('Morning digest', 'Write what came in overnight, shortly, the most important first.'),
  writer('Inbox triage', 'Say which mails need an answer today, and nothing of the others.'),
  writer('Weekly report', 'Write the figures of the week, compared with the week before.'),
  writer('Reads new documents', 'Say in two sentences what a new document changes for us.'),
  writer('Stand-up notes', 'Write what was done since yesterday, and what is next.'),
]

const test = (text: string, more: object = {}) => ({
  agentId: 'test-agent',
  context: { text, durationMs: 2_000, ...more },
})
const custom = (agentId: string) => ({ agentId, agentType: 'custom' as const })

const schedules = ({ zone, changed }: Pick<Shop, 'zone' | 'changed'>): NewTriggerInput[] => [
  { name: 'Morning digest', ...custom('morning-digest'), cronExpression: '0 8 * * 1-5', timezone: zone },
  { name: 'Inbox triage', ...custom('inbox-triage'), cronExpression: '30 9-17/4 * * 1-5', timezone: zone },
  { name: 'Weekly report', ...custom('weekly-report'), cronExpression: '0 9 * * 1', timezone: zone },
  {
    ...{ name: 'New documents', ...custom('reads-new-documents') },
    ...{ kind: 'event', event: { types: ['document.uploaded'] } },
  },
  {
    ...{
      name: 'Stand-up notes',
      ...custom('stand-up-notes'),
      cronExpression: '45 9 * * 1-5',
      timezone: zone,
    },
    misfire: 'skip',
  },
  { name: 'Evening summary', agentId: 'summary-agent', cronExpression: '0 18 * * *', timezone: zone },
  {
    ...{
      name: 'Shop pages',
      ...test('All 14 pages answer.'),
      cronExpression: '10 */3 * * *',
      timezone: zone,
    },
    ...{ post: 'on_failure', disableAfterFailures: 50, disableBelowSuccessRate: 0 },
  },
  {
    ...{ name: 'Supplier prices', ...test('No price moved by more than 2 %.', { durationMs: 9_000 }) },
    ...{ kind: 'interval', everySeconds: 28_800, post: 'on_change' },
  },
  {
    ...{ name: 'Nightly stock count', ...test('1,208 articles counted, 3 differ.', { durationMs: 45_000 }) },
    ...{ cronExpression: '30 2 * * *', timezone: changed, post: 'on_failure' },
  },
  {
    ...{
      name: 'Photo import',
      ...test('38 photos imported.', { durationMs: 2_700_000 }),
      timeoutSeconds: 3_600,
    },
    ...{ cronExpression: '0,30 11-12 * * 2,4', timezone: zone, post: 'on_failure' },
  },
  {
    ...{ name: 'Database backup', ...test('Saved 412 MB to the other building.', { durationMs: 61_000 }) },
    ...{
      cronExpression: '15 3 * * *',
      timezone: zone,
      post: 'on_failure',
      disableAfterFailures: 5,
      disableBelowSuccessRate: 90,
    },
  },
  {
    name: 'Winter newsletter',
    ...test('A draft lies in the documents.'),
    cronExpression: '0 10 * * 3',
    timezone: zone,
  },
]

/** Those that cost nothing, wherever they run: they go on when the demo is there. */
export const FREE = ['Evening summary', 'Shop pages', 'Supplier prices', 'Nightly stock count']

export async function open(shop: Omit<Shop, 'ids'>): Promise<Shop> {
  const { carillon, workspaceId, by } = shop
  for (const it of AGENTS) await carillon.customAgents.create(workspaceId, it, { ...by, role: 'admin' })
  const ids = new Map<string, number>()
  for (const it of schedules(shop)) {
    const { id } = await carillon.triggers.create(workspaceId, NewTrigger.parse(it), by)
    ids.set(it.name, id)
  }
  return { ...shop, ids }
}

/** So many days before the end, at this hour of the shop. */
interface Deed {
  day: number
  at: string
  does(shop: Shop): Promise<unknown>
}

const idOf = ({ ids }: Shop, name: string) => ids.get(name) as number
const context = (shop: Shop, name: string, to: object) =>
  shop.carillon.triggers.change(
    shop.workspaceId,
    idOf(shop, name),
    { context: to as Record<string, unknown> },
    shop.by,
  )
const say = (text: string) => (shop: Shop) => shop.carillon.chat.post(shop.workspaceId, { text }, shop.by)
const add = (name: string, text: string) => (shop: Shop) =>
  shop.carillon.documents.add(shop.workspaceId, { name, text }, shop.by)

export const DEEDS: readonly Deed[] = [
  {
    day: 29,
    at: '10:05',
    does: say('The agents are set up. Results come here; what fails comes here, too.'),
  },
  {
    day: 26,
    at: '11:40',
    does: add('Opening hours.md', 'Monday to Saturday, 9:30 to 18:00. Closed on public holidays.'),
  },
  {
    ...{ day: 21, at: '13:10' },
    does: (shop) =>
      context(shop, 'Shop pages', { does: 'fail', text: 'HTTP 503 from /checkout after 3 tries.' }),
  },
  { day: 21, at: '19:30', does: say('The checkout was down since the update. Rolled back.') },
  {
    ...{ day: 21, at: '19:31' },
    does: (shop) => context(shop, 'Shop pages', { text: 'All 14 pages answer.', durationMs: 2_000 }),
  },
  { day: 17, at: '09:12', does: say('@morning-digest which of them sold best last week?') },
  {
    ...{ day: 15, at: '16:00' },
    does: (shop) =>
      shop.carillon.triggers.toggle(
        shop.workspaceId,
        idOf(shop, 'Winter newsletter'),
        { enabled: false, reason: 'The photos are not there yet.' },
        shop.by,
      ),
  },
  {
    day: 9,
    at: '10:20',
    does: add('Price list.md', '# Prices\n\nAssam 21.40, Darjeeling 26.90, Sencha 24.00 a kilo.'),
  },
  {
    ...{ day: 8, at: '12:00' },
    does: (shop) =>
      context(shop, 'Database backup', { does: 'fail', text: 'No space left on the other building’s disk.' }),
  },
  { day: 6, at: '15:45', does: say('Who can look after the disk in the other building?') },
  {
    ...{ day: 4, at: '11:20' },
    does: (shop) => shop.carillon.triggers.runNow(shop.workspaceId, idOf(shop, 'Weekly report'), {}, shop.by),
  },
  {
    day: 1,
    at: '14:02',
    does: add('Milan fair.md', 'Stand 12 B. Samples: six kettles, two teapots, the winter box.'),
  },
]

/** The server was away: what was planned then is missed, and says so. */
export const AWAY = { day: 5, from: '07:20', to: '11:35' } as const
