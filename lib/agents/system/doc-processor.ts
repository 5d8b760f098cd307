/**
 * Watches pages, feeds, folders and what people send, keeps what they say as documents, and tells what is new.
 *
 * Promise: it tells nothing twice. What a source says is told against what its last run that succeeded had it
 * remember; a source that does not answer stays as it was known, is said to fail once, and is asked again by the next
 * run. It asks no more of others than whether something has changed, and counts only what a page says.
 */
import { z } from 'zod'
import { minutes } from '#lib/clock.ts'
import type { ReadinessCheck } from '#lib/contract/readiness.ts'
import { AgentFailure, agent, type ContextProblem, type Judging, type Task } from '../agent.ts'
import { counted } from '../markdown.ts'
import { lacking } from '../readiness.ts'
import { lookAtFeed } from './doc-processor/feeds.ts'
import { lookAtFolder } from './doc-processor/folders.ts'
import { type Ground, isDown, type Keep, type Look, nothing } from './doc-processor/look.ts'
import {
  hashOf,
  Memory,
  MOST_ITEMS,
  MOST_ITEMS_OF_A_FEED,
  type MostFiles,
  mostOfAFolder,
  type SourceMemory,
} from './doc-processor/memory.ts'
import { lookAtPage } from './doc-processor/pages.ts'
import { isFailing, newsIn, resultOf } from './doc-processor/telling.ts'
import { lookAtUploads } from './doc-processor/uploads.ts'

const ID = 'doc-processor'
const MOST_SOURCES = 100
/** Pages that are asked for at a time. */
const AT_ONCE = 3
/** Less than half of what a schedule gives a run, unless it says otherwise. */
const LONGEST_LOOK_MS = minutes(2)

/** Sources of the guide that are no address, with what they need. */
const NEEDS = {
  'google-drive': {
    detail: 'Google Drive needs a link.',
    remedy:
      'Share the file (or publish it to the web) so that anybody who has the link can open it, ' +
      'and add that as { "url": "https://…" } — of a Google document its export link, such as ' +
      'https://docs.google.com/document/d/<id>/export?format=docx. ' +
      'For private files add an MCP server for Google Drive in the settings, and use it from an agent of your own.',
  },
  sharepoint: {
    detail: 'SharePoint needs a link.',
    remedy:
      'Share the file so that anybody who has the link can open it, and add that as ' +
      '{ "url": "https://…?download=1" }. A library that is synchronised to this server is a { "folder": "/…" }. ' +
      'For private files add an MCP server for SharePoint in the settings, and use it from an agent of your own.',
  },
} as const

const Address = z.string().trim().min(1).max(2_000)
const Source = z.union(
  [
    z.strictObject({ url: Address.meta({ format: 'uri', description: 'A page, or a file such as a PDF.' }) }),
    z.strictObject({ feed: Address.meta({ format: 'uri', description: 'A feed: RSS, Atom, RDF or JSON.' }) }),
    z.strictObject({
      folder: z.string().trim().min(1).max(1_000).meta({
        description: 'A folder of the server, which its operator has opened with DOCUMENT_FOLDERS.',
      }),
    }),
    z.enum(['uploads', 'google-drive', 'sharepoint']),
  ],
  'expects { "url": … }, { "feed": … }, { "folder": … } or "uploads"',
)
type Source = z.output<typeof Source>

const Input = z.strictObject({
  sources: z
    .array(Source)
    .min(1, 'expects at least one source')
    .max(MOST_SOURCES, `expects at most ${MOST_SOURCES} sources`)
    .default(['uploads'])
    .meta({
      description:
        'What to watch: { "url": "https://…" } for a page or file, { "feed": "https://…" }, { "folder": "/srv/…" }, ' +
        'and "uploads" for what people send to this workspace. Files of Google Drive or SharePoint come by their ' +
        'shared or exported link as a url.',
    }),
  action: z
    .enum(['sync_and_embed', 'sync'])
    .default('sync_and_embed')
    .meta({
      description:
        'Both keep the documents so that they are found by their words, and by meaning, too, where a model provider has ' +
        'an embedding model.',
    }),
  summarize: z.boolean().default(true).meta({
    description: 'Where a model is set up, it sums up what is new in a few points.',
  }),
  embedBatchSize: z.int().min(1).max(10_000).default(100).meta({
    description: 'Understood, and of no effect: the product chooses how many are embedded at once.',
  }),
})
type Input = z.output<typeof Input>

export const docProcessor = agent({
  id: ID,
  name: 'Document watcher',
  description:
    'Watches web pages, feeds, folders and uploads, keeps what they say as documents of the workspace, and tells ' +
    'what is new, changed, gone or cannot be read.',
  input: Input,
  example: {
    action: 'sync_and_embed',
    sources: [{ url: 'https://example.com/prices' }, { feed: 'https://example.com/feed.xml' }, 'uploads'],
  },
  checks: (_workspaceId, _probe, { context }) => checksOf(context),
  safeToRepeat: true,
  judge: async ({ sources }, judging) =>
    (await Promise.all(sources.map((it, index) => problemOf(it, index, judging)))).flat(),
  async perform(task) {
    const { input, say, tools, signal } = task
    const sources = distinct(input.sources)
    const memory = Memory.parse(await tools.remembered())
    say(`Looks at ${counted(sources.length, 'source')}`)
    const untilMs = tools.clock.monotonicMs() + LONGEST_LOOK_MS
    const isLate = () => tools.clock.monotonicMs() > untilMs
    const ground: Ground = { tools, signal, by: `agent:${ID}`, keep: keeping(task), isLate }
    const looks = await lookAtAll(sources, { memory, ground, say })
    const down = looks.filter(({ look }) => look.down !== null)
    if (down.length === looks.length)
      throw new AgentFailure(
        ['No source could be read:', '', ...looks.flatMap(({ look }) => look.failed.map(isFailing))].join(
          '\n',
        ),
        { transient: down.some(({ look }) => look.down?.transient) },
      )
    const seen = looks.map((it) => it.look)
    const composed = await summedUp(newsIn(seen), task)
    const { usage, ...result } = resultOf(seen, {
      inShort: composed?.text ?? null,
      staged: task.execution.staged,
    })
    return { ...result, memory: remembering(looks), usage: { ...composed?.usage, ...usage } }
  },
})

/** One that can be read is enough for its runs to be worth it. */
function checksOf({ sources }: Record<string, unknown>): ReadinessCheck[] {
  const { data = [] } = Input.shape.sources.safeParse(sources)
  const untold = distinct(data).filter((it) => it === 'google-drive' || it === 'sharepoint')
  const state = untold.length === distinct(data).length ? 'failing' : 'warning'
  return untold.map((it) =>
    lacking(nameOf(it), { state, detail: NEEDS[it].detail, remedy: NEEDS[it].remedy }),
  )
}

const SUM_UP =
  'Somebody watches pages, feeds and files. Tell what is new in them in at most five short points, what matters most ' +
  'first; of a change say what is different now.'
/** By a model, where one is set up and that is wanted. */
const summedUp = async (news: string | null, { input, tools }: Task<Input>) =>
  news !== null && input.summarize
    ? tools.compose({ key: 'summary', instructions: SUM_UP, material: news })
    : null

async function problemOf(source: Source, index: number, judging: Judging): Promise<ContextProblem[]> {
  if (typeof source === 'string') return []
  const [[name, value]] = Object.entries(source) as [[string, string]]
  const message = name === 'folder' ? await judging.folder(value) : judging.url(value)
  return message === null ? [] : [{ path: ['sources', index, name], message }]
}

/** Each once, however often it is named. */
const distinct = (sources: Source[]): Source[] => [
  ...new Map(sources.map((it) => [JSON.stringify(it), it])).values(),
]

/** What may be mended by a person is a sentence; anything else is a fault. */
const keeping =
  ({ tools }: Task<Input>): Keep =>
  async (it) => {
    try {
      await tools.doings.keepDocument({ ...it, tainted: true, by: `agent:${ID}` })
      return null
    } catch (error) {
      if (error instanceof Error && error.name === 'ToolProblem') return error.message
      throw error
    }
  }

interface Looked {
  source: Source
  look: Look
}

/** In the order of the sources, a few at a time. */
async function lookAtAll(
  sources: Source[],
  { memory, ground, say }: { memory: Memory; ground: Ground; say: Task<Input>['say'] },
): Promise<Looked[]> {
  const countOf = (kind: string) => sources.filter((it) => typeof it !== 'string' && kind in it).length
  const feeds = countOf('feed')
  const most = {
    items: Math.min(MOST_ITEMS_OF_A_FEED, Math.floor(MOST_ITEMS / Math.max(1, feeds))),
    files: mostOfAFolder({ pages: countOf('url'), feeds, folders: countOf('folder') }),
  }
  const looks: Looked[] = []
  // Those that did not answer the last time keep the others waiting last.
  const order = sources.map((source, index) => ({ source, index, before: beforeOf(source, memory) }))
  const waiting = order.toSorted((a, b) => Number(a.before?.failing ?? 0) - Number(b.before?.failing ?? 0))
  async function work(): Promise<void> {
    for (let it = waiting.shift(); it; it = waiting.shift()) {
      ground.signal.throwIfAborted()
      const { source, index, before } = it
      const look = ground.isLate()
        ? { ...nothing, rest: 1, memory: before }
        : await lookAt(source, { memory, ground, most })
      say(`${nameOf(source)}: ${saidOf(look)}`)
      looks[index] = { source, look }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, sources.length) }, work))
  return looks
}

/** What is remembered of it. */
function beforeOf(source: Source, { pages, feeds, folders, uploads }: Memory): SourceMemory | null {
  if (source === 'uploads') return uploads
  if (typeof source === 'string') return null
  if ('url' in source) return pages[hashOf(source.url)] ?? null
  return ('feed' in source ? feeds[hashOf(source.feed)] : folders[hashOf(source.folder)]) ?? null
}

interface Looking {
  memory: Memory
  ground: Ground
  most: { items: number; files: MostFiles }
}
function lookAt(source: Source, { memory, ground, most }: Looking): Promise<Look> | Look {
  if (source === 'uploads') return lookAtUploads(memory.uploads, ground)
  if (typeof source === 'string') {
    const thing = {
      name: nameOf(source),
      link: null,
      problem: `${NEEDS[source].detail} ${NEEDS[source].remedy}`,
    }
    return isDown(thing, { failing: memory.told.includes(source), untried: true }, false)
  }
  if ('url' in source) return lookAtPage(source.url, memory.pages[hashOf(source.url)], ground)
  if ('feed' in source)
    return lookAtFeed(source.feed, memory.feeds[hashOf(source.feed)], { ...ground, most: most.items })
  return lookAtFolder(source.folder, memory.folders[hashOf(source.folder)], { ...ground, most: most.files })
}

function nameOf(source: Source): string {
  if (typeof source !== 'string')
    return 'url' in source ? source.url : 'feed' in source ? source.feed : source.folder
  return { uploads: 'Uploads', 'google-drive': 'Google Drive', sharepoint: 'SharePoint' }[source]
}

function saidOf({ fresh, changed, gone, failed, unchanged, rest }: Look): string {
  const counts = [
    [fresh.length, 'new'],
    [changed.length, 'changed'],
    [gone.length, 'gone'],
    [failed.length, 'failed'],
    [unchanged.length, 'as before'],
    [rest, 'left to the next run'],
  ] as const
  return counts.flatMap(([n, words]) => (n > 0 ? `${n} ${words}` : [])).join(', ') || 'nothing there'
}

/** Of each source that is watched now; what is watched no more is forgotten. */
function remembering(looks: Looked[]): Memory {
  const memory: Record<'pages' | 'feeds' | 'folders', Record<string, unknown>> = {
    pages: {},
    feeds: {},
    folders: {},
  }
  let uploads: unknown = null
  const told: string[] = []
  for (const { source, look } of looks) {
    if (look.memory === null) continue
    if (source === 'uploads') uploads = look.memory
    else if (typeof source === 'string') told.push(source)
    else if ('url' in source) memory.pages[hashOf(source.url)] = look.memory
    else if ('feed' in source) memory.feeds[hashOf(source.feed)] = look.memory
    else memory.folders[hashOf(source.folder)] = look.memory
  }
  return { ...memory, uploads, told } as Memory
}
