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

export function sourcesNamedIn({ kind, agentId, config, context }: Named): number[] {
  const listed = kind === 'event' ? objectIn(config).sourceIds : null
  const read = agentId === READS_ONE ? objectIn(context).sourceId : null
  const ids = [...(Array.isArray(listed) ? listed : []), read]
  return [...new Set(ids.filter((it): it is number => Number.isSafeInteger(it)))]
}

function objectIn(json: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(json) }
  } catch {
    return {}
  }
}
