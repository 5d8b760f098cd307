/** Which sources a trigger names. Pure: what plain SQL has spoilt names none. */
interface Named {
  /** JSON. */
  config: string
  context: string
}

export function sourcesNamedIn({ config, context }: Named): number[] {
  const listed = objectIn(config).sourceIds
  const ids = [...(Array.isArray(listed) ? listed : []), objectIn(context).sourceId]
  return [...new Set(ids.filter((it): it is number => Number.isSafeInteger(it)))]
}

function objectIn(json: string): Record<string, unknown> {
  try {
    return { ...JSON.parse(json) }
  } catch {
    return {}
  }
}
