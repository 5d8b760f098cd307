/** "Firefox on Linux": what its person knows it by. */
export function browserName(agent: string): string {
  const find = (of: readonly (readonly [RegExp, string])[], otherwise: string) =>
    of.find(([pattern]) => pattern.test(agent))?.[1] ?? otherwise
  const browser = find(
    [
      [/Edg/, 'Edge'],
      [/OPR/, 'Opera'],
      [/Firefox|FxiOS/, 'Firefox'],
      [/Chrome|CriOS/, 'Chrome'],
      [/Safari/, 'Safari'],
    ],
    'A browser',
  )
  const system = find(
    [
      [/Android/, 'Android'],
      [/iPhone/, 'iPhone'],
      [/iPad/, 'iPad'],
      [/Windows/, 'Windows'],
      [/Mac OS/, 'macOS'],
      [/Linux|CrOS/, 'Linux'],
    ],
    '',
  )
  return system ? `${browser} on ${system}` : browser
}
