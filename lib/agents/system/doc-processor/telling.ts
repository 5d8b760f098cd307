/** What was found, in words that somebody is glad to read: news first, then what somebody must do. Pure. */
import type { AgentResult } from '../../agent.ts'
import { counted, inline, linked, listed, pointed } from '../../markdown.ts'
import type { Failed, Look, Thing } from './look.ts'

const MOST_SHOWN = 20
const MOST_NAMES = 500
const MOST_POINTS = 6
/** Of a change, in its words. */
const MOST_QUOTED = 2
const LONGEST_SENTENCE = 240
const LONGEST_PROBLEM = 800

/** What a model could sum up: news of what was watched before; null where there is none. */
export function newsIn(looks: Look[]): string | null {
  const seen = looks.filter((it) => !it.first)
  const things = [
    ...seen.flatMap((it) => it.fresh).map(({ name, note, text }) => ({ new: name, note, text })),
    ...seen
      .flatMap((it) => it.changed)
      .map(({ name, note, difference }) => ({ changed: name, note, ...difference })),
  ]
  return things.length > 0 ? JSON.stringify(things.slice(0, MOST_SHOWN), null, 1) : null
}

interface Telling {
  /** What a model has made of the news. */
  inShort: string | null
  /** Nothing was kept. */
  staged: boolean
}

export function resultOf(looks: Look[], { inShort, staged }: Telling): AgentResult {
  const all = <Name extends 'fresh' | 'changed' | 'gone' | 'failed' | 'unchanged'>(name: Name) =>
    looks.flatMap((it) => it[name] as Look[Name][number][])
  const seen = looks.filter((it) => !it.first)
  const first = looks.filter((it) => it.first)
  const fresh = seen.flatMap((it) => it.fresh)
  const [changed, gone, failed, unchanged] = [all('changed'), all('gone'), all('failed'), all('unchanged')]
  const rest = looks.reduce((sum, it) => sum + it.rest, 0)
  const recovered = looks.filter((it) => it.recovered).length
  const isNews = fresh.length + changed.length + gone.length + recovered + first.length > 0
  const notable = isNews || failed.some((it) => !it.known)
  return {
    text: notable
      ? [
          watching(first, staged),
          summary({ fresh, changed, gone, failed }),
          inShort !== null && pointed(inShort, MOST_POINTS).join('\n'),
          recovered > 0 && `${counted(recovered, 'source answers', 'sources answer')} again.`,
          rest > 0 && `${counted(rest, 'more is', 'more are')} read in the next run.`,
          section('New', fresh.map(told)),
          section('Changed', changed.map(told)),
          section('Gone', gone.map(isGone)),
          section('Not read', failed.map(isFailing)),
        ]
          .filter(Boolean)
          .join('\n\n')
      : quiet(unchanged.length, failed),
    outcome: {
      new: names(all('fresh')),
      changed: names(changed),
      unchanged: unchanged.slice(0, MOST_NAMES),
      gone: names(gone),
      failed: names(failed),
    },
    notable,
    ...(looks.some((it) => it.tainted) && { usage: { tainted: true } }),
  }
}

const names = (things: Thing[]) => things.slice(0, MOST_NAMES).map((it) => it.name)

/** One sentence where there is no news. */
function quiet(unchanged: number, failed: Failed[]): string {
  const still = failed.slice(0, 3).map((it) => inline(it.name, 80))
  const rest = failed.length > still.length ? ['others'] : []
  const said = failed.length > 0 ? ` Not read, as before: ${listed([...still, ...rest])}.` : ''
  const same =
    unchanged === 1 ? 'the one thing that is watched is' : `all ${unchanged} things that are watched are`
  return unchanged === 0 ? `Nothing new.${said}` : `Nothing new: ${same} as before.${said}`
}

function watching(first: Look[], staged: boolean): string | false {
  if (first.length === 0) return false
  const kept = first.flatMap((it) => it.fresh)
  const n = kept.length + first.reduce((sum, it) => sum + it.unchanged.length, 0)
  const [they, documents] =
    kept.length === 1 ? ['it says', 'a document'] : ['they say', counted(kept.length, 'document')]
  const keeps = kept.length > 0 ? ` What ${they} ${staged ? 'would be' : 'is'} kept as ${documents}:` : ''
  const list = kept.slice(0, MOST_SHOWN).map((it) => `- ${linked(it.name, it.link)}`)
  return [
    `**Watching ${counted(n, 'thing')}, from now on.**${keeps}`,
    ...(list.length > 0 ? ['', ...list] : []),
    ...(kept.length > list.length ? [`- and ${(kept.length - list.length).toLocaleString('en')} more`] : []),
  ].join('\n')
}

function summary({ fresh, changed, gone, failed }: Record<'fresh' | 'changed' | 'gone' | 'failed', Thing[]>) {
  const counts = [
    [fresh.length, 'new'],
    [changed.length, 'changed'],
    [gone.length, 'gone'],
    [failed.length, 'not read'],
  ] as const
  const said = counts.flatMap(([n, words]) => (n > 0 ? [`${n.toLocaleString('en')} ${words}`] : []))
  return said.length > 0 && `**${listed(said)}.**`
}

function section(title: string, items: string[]): string | false {
  if (items.length === 0) return false
  const more = items.length - MOST_SHOWN
  return [
    `### ${title}`,
    '',
    ...items.slice(0, MOST_SHOWN),
    ...(more > 0 ? [`- and ${more.toLocaleString('en')} more`] : []),
  ].join('\n')
}

function told({ name, link, note, excerpt, difference }: Thing): string {
  const { added = [], removed = [] } = difference ?? {}
  const quoted = (words: string, sentence: string) => `  - ${words}: “${inline(sentence, LONGEST_SENTENCE)}”`
  return [
    `- ${linked(name, link)}${note ? ` (${inline(note, 120)})` : ''}${excerpt ? `: ${inline(excerpt, LONGEST_SENTENCE)}` : ''}`,
    ...added.slice(0, MOST_QUOTED).map((it) => quoted('now', it)),
    ...removed.slice(0, MOST_QUOTED).map((it) => quoted('no longer', it)),
  ].join('\n')
}

const isGone = ({ name, link }: Thing) =>
  `- ${linked(name, link)} is not there any more; the document of it stays.`
export const isFailing = ({ name, link, problem, known }: Failed) =>
  `- ${linked(name, link)}: ${inline(problem, LONGEST_PROBLEM)}${known ? ' (as before)' : ''}`
