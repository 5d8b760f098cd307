/**
 * Which mails are worth telling, and how far a mailbox has been read.
 *
 * Promise: each mail is judged once, and once more where it has waited for a reply since; what is remembered of it
 * stays within bounds.
 */
import { z } from 'zod'
import type { OpenMailbox, ReadFolder } from '#lib/mail/imap.ts'
import type { Letter } from '#lib/mail/letter.ts'
import { isOpen, type Rules, urgencyOf, WAITS_MS } from '#lib/mail/urgency.ts'
import { spanMs } from '../../span.ts'
import { type Input, MOST_FOLDERS } from './input.ts'

const MOST_AT_ONCE = 200
/** Of each folder. */
const MOST_JUDGED = 500
const MOST_OPEN = 50

/** Of each folder how far it was read, which mails were judged, and which of them wait for a reply. */
const Memory = z.object({
  mailbox: z.string(),
  folders: z.record(
    z.string(),
    z.object({
      uidValidity: z.string(),
      uid: z.number(),
      judged: z.array(z.number()),
      /** Up to it all are judged, whether they stand there or not. */
      floor: z.number(),
      open: z.array(z.object({ uid: z.number(), at: z.number() })),
    }),
  ),
})
export type Memory = z.infer<typeof Memory>
type Remembered = Memory['folders'][string]

export interface Told extends Letter {
  urgent: string[]
}

/** Of that mailbox; what another has left counts as nothing. */
export function memoryOf(remembered: unknown, mailbox: string): Memory['folders'] {
  const { success, data } = Memory.safeParse(remembered)
  // The numbers of one mailbox mean nothing in another.
  return success && data.mailbox === mailbox ? data.folders : {}
}

export interface Looked extends ReadFolder {
  /** Those that are worth telling. */
  told: Told[]
  /** How many came that were not seen before. */
  came: number
  remembers: Remembered
}

interface Looking {
  input: Input
  rules: Rules
}

export async function look(
  open: OpenMailbox,
  memory: Memory['folders'],
  looking: Looking,
): Promise<Looked[]> {
  const { input, rules } = looking
  const nowMs = rules.now.getTime()
  const read = await open.read({
    folders: input.folders.map((path) => ({
      path,
      place: memory[path] ?? null,
      also: (memory[path]?.open ?? []).filter((it) => hasWaited(it.at, nowMs)).map((it) => it.uid),
    })),
    since: new Date(nowMs - spanMs(input.filters.since)),
    most: MOST_AT_ONCE,
  })
  const looked: Looked[] = []
  for (const folder of read)
    looked.push(await judge(open, folder, folder.isAnew ? null : (memory[folder.path] ?? null), looking))
  return looked
}

const hasWaited = (atMs: number, nowMs: number) => nowMs - atMs >= WAITS_MS

/** The mails of a folder that were not judged before, and those that have waited for a reply since. */
async function judge(
  open: OpenMailbox,
  folder: ReadFolder,
  before: Remembered | null,
  { input, rules }: Looking,
): Promise<Looked> {
  const nowMs = rules.now.getTime()
  const { judged = [], floor = 0, open: waiting = [] } = before ?? {}
  const due = new Set(waiting.filter((it) => hasWaited(it.at, nowMs)).map((it) => it.uid))
  const isNew = ({ uid }: Letter) => due.has(uid) || (uid > floor && !judged.includes(uid))
  const told: Told[] = []
  const now: Letter[] = []
  for (const letter of folder.letters.filter((it) => isNew(it) && fits(it, input.filters))) {
    const whole = { ...letter, text: await open.textOf(letter) }
    const urgent = urgencyOf(whole, await threadFor(open, whole, rules.now), rules)
    if (isWanted(whole, urgent, input.filters.priority)) told.push({ ...whole, urgent })
    now.push(whole)
  }
  const all = [...new Set([...judged, ...now.map((it) => it.uid)])].sort((a, b) => a - b)
  const dropped = all.slice(0, -MOST_JUDGED).at(-1) ?? 0
  // What was told once is not told again for want of a reply.
  const opened = now.filter((it) => !told.some((one) => one.uid === it.uid) && isOpen(it) && !due.has(it.uid))
  return {
    ...folder,
    told,
    came: folder.letters.filter((it) => it.uid > (before?.uid ?? 0)).length,
    remembers: {
      ...folder.place,
      judged: all.slice(-MOST_JUDGED),
      // What was there before is not told from what is new.
      floor: folder.isAnew ? folder.place.uid : Math.max(floor, dropped),
      open: [
        ...waiting.filter((it) => !due.has(it.uid)),
        ...opened.map((it) => ({ uid: it.uid, at: it.at.getTime() })),
      ].slice(-MOST_OPEN),
    },
  }
}

/** Asked for where it can say something: of one that goes on, or has waited. */
const threadFor = (open: OpenMailbox, letter: Letter, now: Date): Promise<Letter[]> | Letter[] =>
  !letter.isBulk && (letter.references.length > 0 || hasWaited(letter.at.getTime(), now.getTime()))
    ? open.threadOf(letter)
    : []

function fits(letter: Letter, { unread, from, subject }: Input['filters']): boolean {
  const has = (text: string, part: string) => text.toLowerCase().includes(part.toLowerCase())
  const sender = `${letter.from?.name ?? ''} ${letter.from?.address ?? ''}`
  return (
    !(unread && letter.isSeen) &&
    (from.length === 0 || from.some((it) => has(sender, it))) &&
    (subject.length === 0 || subject.some((it) => has(letter.subject, it)))
  )
}

function isWanted(letter: Letter, urgent: string[], priority: Input['filters']['priority']): boolean {
  if (priority === 'any') return true
  return priority === 'high' ? urgent.length > 0 : letter.priority === priority
}

/** Also of folders that are not looked into now: they may be again. */
export function remembered(read: Looked[], before: Memory['folders']): Memory['folders'] {
  const now = Object.fromEntries(read.map(({ path, remembers }) => [path, remembers]))
  const others = Object.entries(before).filter(([path]) => !Object.hasOwn(now, path))
  return { ...Object.fromEntries(others.slice(0, MOST_FOLDERS - read.length)), ...now }
}
