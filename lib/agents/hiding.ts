/** Takes what was given in confidence out of a text, wherever it stands there. */
const MASK = '•••'
/** One of a few characters would blot out half of a text, and is no secret. */
const SHORTEST = 6

/** Also the part of a value after its scheme (`Bearer …`), and as JSON writes it. */
export function hiding(values: readonly string[]): (text: string) => string {
  const all = values.map((it) => it.trim()).flatMap((it) => [it, it.replace(/^\S+\s+/, '')])
  const secrets = [...new Set(all)].filter((it) => it.length >= SHORTEST).sort((a, b) => b.length - a.length)
  return (text) =>
    secrets.reduce(
      (left, it) => left.replaceAll(it, MASK).replaceAll(JSON.stringify(it).slice(1, -1), MASK),
      text,
    )
}
