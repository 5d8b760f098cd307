/** What the workspace has of a meeting: documents, messages and told mails that share words with its title. */
import type { Reader } from '../../reach.ts'

export interface Related {
  documents: { name: string; snippet: string }[]
  messages: { by: string; isMail: boolean; atMs: number; excerpt: string }[]
}

/** Whose digests in the chat tell of mails. */
const TELLS_MAILS = 'email-monitor'
const MOST_WORDS = 5
const MOST_SHOWN = 3
const MOST_FOUND = 5
const SHORTEST = 4
/** A word of these is short. */
const SPACELESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u
const LONGEST_EXCERPT = 200
/** They stand in titles of every meeting, and say nothing of this one. */
const COMMON = new Set(
  'about after again agenda appointment before call catch chat check daily discussion event from hour into meet meeting minutes monthly next online over session sync team this today tomorrow update week weekly with your besprechung termin treffen wöchentlich reunion réunion reunión'.split(
    ' ',
  ),
)

export function wordsOf(title: string): string[] {
  const words = title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  const isTelling = (it: string) => (it.length >= SHORTEST || SPACELESS.test(it)) && !COMMON.has(it)
  return [...new Set(words.filter(isTelling))].toSorted((a, b) => b.length - a.length).slice(0, MOST_WORDS)
}

/** `except`: the schedule whose own results are no news to it. */
export async function relatedTo(title: string, reader: Reader, except: number): Promise<Related> {
  const words = wordsOf(title)
  if (words.length === 0) return { documents: [], messages: [] }
  const [documents, messages] = await Promise.all([
    best(words, (q) => reader.documentsWith(q, MOST_FOUND)),
    best(words, async (q) =>
      (await reader.messagesWith(q, MOST_FOUND * 2)).filter((it) => it.triggerId !== except).reverse(),
    ),
  ])
  return {
    documents: documents.map(({ name, snippet }) => ({ name, snippet: snippet ?? '' })),
    messages: await Promise.all(
      messages.map(async ({ author, kind, triggerId, createdAt, text }) => ({
        by: author.name,
        isMail: kind === 'result' && (await tellsMails(triggerId, reader)),
        atMs: Date.parse(createdAt),
        excerpt: around(text, words),
      })),
    ),
  }
}

const tellsMails = async (triggerId: number | null, reader: Reader): Promise<boolean> =>
  triggerId !== null && (await reader.trigger(triggerId))?.agentId === TELLS_MAILS

/** Those with all words; where there are none, those with the most of them, the best of each word first. */
async function best<Found extends { id: number }>(
  words: string[],
  find: (q: string) => Promise<Found[]>,
): Promise<Found[]> {
  const all = await find(words.join(' '))
  if (all.length > 0 || words.length === 1) return all.slice(0, MOST_SHOWN)
  const scores = new Map<number, { found: Found; score: number }>()
  for (const word of words)
    for (const found of await find(word)) {
      const before = scores.get(found.id)?.score ?? 0
      scores.set(found.id, { found, score: before + 1 })
    }
  return [...scores.values()]
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MOST_SHOWN)
    .map((it) => it.found)
}

function around(text: string, words: string[]): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const places = words.map((it) => line.toLowerCase().indexOf(it)).filter((it) => it >= 0)
  const from = Math.max(0, Math.min(...places, line.length) - LONGEST_EXCERPT / 4)
  const start = places.length > 0 ? from : 0
  const cut = line.slice(start, start + LONGEST_EXCERPT).toWellFormed()
  return `${start > 0 ? '…' : ''}${cut}${start + LONGEST_EXCERPT < line.length ? '…' : ''}`
}
