/** The value of a key, made when it is missing; the one that was unused longest goes first. */
export function kept<Value>(
  all: Map<string, Value>,
  most: number,
  key: string,
  make: () => NonNullable<Value>,
): NonNullable<Value> {
  const value = all.get(key) ?? make()
  all.delete(key)
  all.set(key, value)
  const oldest = all.keys().next()
  if (all.size > most && !oldest.done) all.delete(oldest.value)
  return value
}
