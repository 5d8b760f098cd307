/** The form in which a skill is accepted: what is typed, and what is sent of it. */
import type { Api, BodyInput } from '#lib/contract/api.ts'
import type { SetupValue, SkillDetail } from '#lib/contract/skill.ts'

export interface GrantsDraft {
  /** Of the hosts that it asks for, those that it may reach. */
  hosts: string[]
  /** Lines, as those below. */
  others: string
  read: string
  write: string
  privateNetwork: boolean
  childProcess: boolean
}

export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((it) => it.trim())
    .filter(Boolean)

/** Before it was ever accepted, what it may reach is what it asks for; more than that is chosen. */
export function grantsDraft({ asks, grants }: Pick<SkillDetail, 'asks' | 'grants'>): GrantsDraft {
  const known = grants ?? { ...asks, read: [], write: [], privateNetwork: false, childProcess: false }
  return {
    hosts: asks.network.filter((it) => known.network.includes(it)),
    others: known.network.filter((it) => !asks.network.includes(it)).join('\n'),
    read: known.read.join('\n'),
    write: known.write.join('\n'),
    privateNetwork: known.privateNetwork,
    childProcess: known.childProcess,
  }
}

type Body = BodyInput<Api['acceptSkill']>

export const grantsOf = (draft: GrantsDraft): NonNullable<Body['grants']> => ({
  network: [...new Set([...draft.hosts, ...linesOf(draft.others)])],
  privateNetwork: draft.privateNetwork,
  read: linesOf(draft.read),
  write: linesOf(draft.write),
  childProcess: draft.childProcess,
})

const REF = /^secret:([A-Z][A-Z0-9_]{0,63})$/

interface SetupSchema {
  properties?: Record<string, { default?: unknown }>
  required?: string[]
}

/** A secret is written `secret:NAME`. What is required begins with what it usually is. */
export function setupDraft({
  values,
  setup,
}: Pick<SkillDetail, 'values' | 'setup'>): Record<string, unknown> {
  const { properties = {}, required = [] } = setup as SetupSchema
  const usual = required.flatMap((name) => {
    const value = properties[name]?.default
    return value === undefined ? [] : [[name, value]]
  })
  const kept = Object.entries(values).map(([name, it]) => [
    name,
    typeof it === 'object' && it !== null ? `secret:${it.secret}` : it,
  ])
  return Object.fromEntries([...usual, ...kept])
}

export const setupOf = (values: Record<string, unknown>): Record<string, SetupValue> =>
  Object.fromEntries(
    Object.entries(values).map(([name, it]) => {
      const secret = typeof it === 'string' ? REF.exec(it.trim())?.[1] : undefined
      return [name, secret ? { secret } : (it as SetupValue)]
    }),
  )

/** What the server says of a field, by where it stands in the form. */
export function errorsIn(told: Record<string, string>) {
  const inner = (field: string) =>
    Object.entries(told).flatMap(([path, words]) => (path.startsWith(`grants.${field}.`) ? [words] : []))[0]
  return {
    setup: Object.fromEntries(
      Object.entries(told).flatMap(([path, words]) =>
        path.startsWith('setup.') ? [[`context.${path.slice('setup.'.length)}`, words]] : [],
      ),
    ),
    network: inner('network') ?? told['grants.network'],
    read: inner('read') ?? told['grants.read'],
    write: inner('write') ?? told['grants.write'],
  }
}
