/** Which sources a trigger names. Pure: what plain SQL has spoilt names none. */
interface Named {
  kind: string
  agentId: string
  /** JSON. */
  config: string
  context: string
}

/** The agent that reads a source by itself; to others a `sourceId` in their context is whatever they make of it. */
const READS_ONE = 'email-monitor'

export function sourcesNamedIn({ agentId, context, ...it }: Named): number[] {
  const read = agentId === READS_ONE ? objectIn(context).sourceId : null
  return idsAmong([...listenedToIn(it), read])
}

/** Those whose events it waits for. */
export function listenedToIn({ kind, config }: Pick<Named, 'kind' | 'config'>): number[] {
  const listed = kind === 'event' ? objectIn(config).sourceIds : null
  return Array.isArray(listed) ? idsAmong(listed) : []
}

const idsAmong = (all: readonly unknown[]) => [
  ...new Set(all.filter((it): it is number => Number.isSafeInteger(it))),
]

function objectIn(json: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(json) }
  } catch {
    return {}
  }
}
