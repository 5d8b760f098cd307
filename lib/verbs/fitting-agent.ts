/**
 * Which agent does what somebody says: by its name where it is named, else by the words that it has in common. Pure.
 *
 * Promise: one or none: where two fit alike nobody is chosen. The test agent does no work, and is taken by name only.
 */
import type { Agent } from '../contract/agent.ts'

export type Candidate = Pick<Agent, 'id' | 'aliases' | 'agentType' | 'name' | 'description'>
export type Fitting<C> = { agent: C } | { among: C[] }

/** What people say for the work of the product's own agents. */
const SAID_FOR: Readonly<Record<string, string>> = {
  'summary-agent':
    'summarise summarize summary digest recap overview report news happened overnight brief briefing activity standup week day morning what',
  'doc-processor':
    'document file sync index read pdf page feed website site watch folder import learn process',
  'calendar-agent': 'calendar meeting appointment event deadline agenda prepare',
  'email-monitor': 'mail email e-mail inbox mailbox letter urgent unread',
  'webhook-caller': 'webhook call url post ping http api health endpoint request notify',
  'batch-processor': 'batch several tasks',
  maintenance: 'clean cleanup tidy prune archive vacuum maintenance housekeeping delete old',
}
const TEST_AGENT = 'test-agent'

/** Of one kind with its other forms: "meetings" is "meeting", "cleaning" is "clean". */
const stem = (word: string) =>
  word.length <= 4
    ? word
    : word
        .replace(/(?:ies)$/, 'y')
        .replace(/(?:ing|ed|es|s)$/, '')
        .replace(/(?:is|iz|e)$/, '')
const COMMON = new Set(
  'the a an and or of to in on at for with what that this it its is are was be from by my our me us all any new every each when which who so up out agent agents run runs schedule'.split(
    ' ',
  ),
)
const stems = (text: string) =>
  new Set(
    (text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}-]*/gu) ?? [])
      .filter((it) => !COMMON.has(it))
      .map(stem),
  )

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const isNamed = (text: string, name: string) =>
  name.length > 2 &&
  new RegExp(String.raw`(?<![\p{L}\p{N}])@?${escaped(name)}(?![\p{L}\p{N}])`, 'iu').test(text)

const SAID = 3
const IN_NAME = 2
const IN_DESCRIPTION = 1

export function fittingAgent<C extends Candidate>(task: string, agents: readonly C[]): Fitting<C> {
  const named = agents.filter((it) => [it.name, it.id, ...it.aliases].some((name) => isNamed(task, name)))
  // "Scout" is also in "Scout for mail": the longer name is meant.
  const longest = Math.max(...named.map((it) => it.name.length))
  const meant = named.filter((it) => it.name.length === longest)
  if (meant.length > 0) return meant.length === 1 ? { agent: meant[0] as C } : { among: meant }

  const wanted = stems(task)
  const scored = agents
    .filter((it) => it.id !== TEST_AGENT)
    .map((agent) => {
      const points = [
        [SAID, stems(agent.agentType === 'system' ? (SAID_FOR[agent.id] ?? '') : '')],
        [IN_NAME, stems(agent.name)],
        [IN_DESCRIPTION, stems(agent.description)],
      ] as const
      const score = [...wanted].reduce(
        (sum, word) => sum + Math.max(0, ...points.map(([worth, words]) => (words.has(word) ? worth : 0))),
        0,
      )
      return { agent, score }
    })
    .sort((a, b) => b.score - a.score)
  const best = scored[0]?.score ?? 0
  // One word of a description says nothing yet.
  if (best < IN_NAME) return { among: [] }
  const all = scored.filter((it) => it.score === best).map((it) => it.agent)
  return all.length === 1 ? { agent: all[0] as C } : { among: all }
}
