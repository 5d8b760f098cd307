/** What becomes of the names in a line, in words, while it is written. Pure. */
import type { Agent } from '#lib/contract/agent.ts'
import { behindAts, isNamed } from '#lib/contract/mentions.ts'

type Named = Pick<Agent, 'id' | 'name' | 'converses'>
interface Known {
  agents: readonly Named[]
  people: readonly { userId: string; name: string }[]
  /** Whoever writes it. */
  me: string | undefined
  /** Who answers where no agent is named. */
  answers?: string | undefined
}

const namesOfAgent = ({ id, name }: Named) => [id, name]
const namesOfPerson = ({ name }: { name: string }) => [name, name.split(/\s+/)[0] ?? '']
const listed = (all: readonly { name: string }[], type: 'conjunction' | 'disjunction' = 'conjunction') =>
  new Intl.ListFormat('en', { type }).format(all.map((it) => it.name))
const isOne = ({ length }: readonly unknown[]) => length === 1

export function saysWhoIsNamed(text: string, { agents, people, me, answers }: Known): string {
  const behind = behindAts(text.toLowerCase())
  const isIn = (names: readonly string[]) => names.some((it) => isNamed(behind, it))
  const named = agents.filter((it) => isIn(namesOfAgent(it)))
  const talking = named.filter((it) => it.converses)
  const mute = named.filter((it) => !it.converses)
  const told = people.filter((it) => it.userId !== me && isIn(namesOfPerson(it)))
  const names = [...agents.flatMap(namesOfAgent), ...people.flatMap(namesOfPerson)]
  const unknown = behind.filter((it) => !mayBe(it, names)).map((it) => ({ name: `@${firstWord(it)}` }))
  const words = [
    talking.length > 0 &&
      `${listed(talking)} ${isOne(talking) ? 'is asked, and answers' : 'are asked, and answer'} below your message.`,
    mute.length > 0 &&
      `${listed(mute)} ${isOne(mute) ? 'does one task' : 'do one task each'} and cannot talk.`,
    told.length > 0 && `${listed(told)} ${isOne(told) ? 'is' : 'are'} told.`,
    unknown.length > 0 && `Nobody here is called ${listed(unknown, 'disjunction')}.`,
    named.length === 0 && (answers ?? 'No agent answers.'),
  ]
  return words.filter(Boolean).join(' ')
}

/** What is still being written may become a name yet. */
const mayBe = (behind: string, names: readonly string[]) =>
  firstWord(behind) === '' || names.some((it) => isNamed([behind], it) || it.toLowerCase().startsWith(behind))

const firstWord = (text: string) => /^[^\s.,;:!?)]*/.exec(text)?.[0] ?? ''
