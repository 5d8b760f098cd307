/** Takes what was given in confidence out of a text, wherever it stands there. */
import { MASK, mapped } from './sealed.ts'

/** One of a few characters would blot out half of a text, and is no secret. */
const SHORTEST = 6

/** Also the part of a value after its scheme (`Bearer …`), as JSON and addresses write it, and in base64. */
export function hiding(values: readonly string[]): (text: string) => string {
  const plain = values.map((it) => it.trim()).flatMap((it) => [it, it.replace(/^\S+\s+/, '')])
  const all = plain.flatMap((it) => [it, encodeURIComponent(it.toWellFormed()), ...base64Of(it)])
  const secrets = [...new Set(all)].filter((it) => it.length >= SHORTEST).sort((a, b) => b.length - a.length)
  return (text) =>
    secrets.reduce(
      (left, it) => left.replaceAll(it, MASK).replaceAll(JSON.stringify(it).slice(1, -1), MASK),
      text,
    )
}

/** Without what a text before or after it would change of its ends. */
const base64Of = (text: string) => ['base64', 'base64url'].map((it) => baseOf(text, it as BufferEncoding))
const baseOf = (text: string, encoding: BufferEncoding) =>
  Buffer.from(text).toString(encoding).replace(/=+$/, '').slice(0, -1)

/** The same of each text of a JSON value; what is no text is as it is. */
export const hidden = <Value>(value: Value, hide: (text: string) => string): Value =>
  mapped(value, (text) => hide(text)) as Value
