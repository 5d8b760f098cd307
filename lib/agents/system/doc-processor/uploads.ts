/** What people have sent to the workspace: told once it is read, or once it is known why it cannot be. */
import type { Reader } from '../../reach.ts'
import { type Ground, known, type Look, nothing } from './look.ts'
import type { Memory, UploadsMemory } from './memory.ts'

/** Who writes at the same moment may be seen only later: so much is looked at twice. */
const OVERLAP_MS = 5 * 60_000
const PAGE = 500
const MOST_PENDING = 200
type Sent = Awaited<ReturnType<Reader['sentDocuments']>>[number]

export async function lookAtUploads(remembered: Memory['uploads'], { tools }: Ground): Promise<Look> {
  const { before } = known<UploadsMemory>(remembered)
  const nowMs = tools.clock.now().getTime()
  const since = new Date(before ? before.since - OVERLAP_MS : 0)
  const found = await sentSince(since, tools)
  const told = new Set(before?.told)
  const pending = new Set(before?.pending)
  const look: Look = {
    ...nothing,
    fresh: [],
    changed: [],
    unchanged: [],
    failed: [],
    first: !before,
    memory: null,
  }
  const waiting = found.filter((it) => it.status === 'extracting').map((it) => it.id)
  const isRead = found.filter((it) => it.status !== 'extracting')
  for (const it of isRead) {
    if (!before) look.unchanged.push(it.name)
    else if (!told.has(keyOf(it)) && isNews(it, before.since, pending)) tell(it, look)
  }
  const memory: UploadsMemory = {
    since: Math.max(nowMs, before?.since ?? 0),
    told: isRead.filter((it) => Date.parse(it.updatedAt) >= nowMs - OVERLAP_MS).map(keyOf),
    pending: [...waiting, ...[...pending].filter((id) => !found.some((it) => it.id === id))].slice(
      0,
      MOST_PENDING,
    ),
    failing: false,
  }
  return { ...look, memory }
}

/** All of them: a workspace has no more than it may. */
async function sentSince(since: Date, { workspace }: Ground['tools']): Promise<Sent[]> {
  const all: Sent[] = []
  for (let page: Sent[] | null = null; page === null || page.length === PAGE; ) {
    const last = all.at(-1)
    const place = last ? { since: new Date(last.updatedAt), after: last.id } : { since }
    page = await workspace.sentDocuments({ ...place, limit: PAGE })
    all.push(...page)
  }
  return all
}

const keyOf = ({ id, version, status }: Sent) => `${id}.${version}.${status === 'failed' ? 'f' : 'r'}`

/** Of one that only got another name nobody needs to hear. */
const isNews = ({ id, createdAt, version, updatedAt }: Sent, since: number, pending: ReadonlySet<number>) =>
  pending.has(id) ||
  Date.parse(createdAt) >= since - OVERLAP_MS ||
  (version > 1 && Date.parse(updatedAt) >= since - OVERLAP_MS)

function tell({ name, status, problem, tainted, version }: Sent, look: Look): void {
  const thing = { name, link: null }
  if (tainted) look.tainted = true
  if (status === 'failed')
    look.failed.push({ ...thing, problem: problem ?? 'It cannot be read.', known: false })
  else if (version === 1) look.fresh.push(thing)
  else look.changed.push(thing)
}
