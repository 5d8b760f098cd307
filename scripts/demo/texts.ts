/** What the agents of the demo say, by the day. Pure: the same day says the same. */
import type { Said } from './model.ts'

/** From 0 to 1, by the day and by what is asked. */
export function chance(seed: string): number {
  let hash = 2166136261
  for (const it of seed) hash = Math.imul(hash ^ it.charCodeAt(0), 16777619)
  return ((hash >>> 0) % 10_000) / 10_000
}
const oneOf = <T>(list: readonly T[], seed: string): T => list[Math.floor(chance(seed) * list.length)] as T
const someOf = <T>(list: readonly T[], count: number, seed: string): T[] =>
  [...list].sort((a, b) => chance(`${seed} ${a}`) - chance(`${seed} ${b}`)).slice(0, count)

const NEWS = [
  'The port of Rotterdam reports delays of up to two days for containers from Asia.',
  'Copper is at its lowest in five months; our supplier follows the price with a week’s delay.',
  'A competitor opened a shop in Utrecht, with free delivery until the end of the month.',
  'The new packaging rules were published. They hold from July, and concern our glass bottles.',
  'Two customers wrote about the blue kettle on forums; both praise the lid.',
  'The trade fair in Milan has opened its registration. Early prices end on Friday.',
  'The parcel service raises its prices by 4 % at the turn of the month.',
]
const MAILS = [
  '**Hotel Astoria** asks for 40 kettles by the 18th. Stock has 26.',
  '**K. Lindqvist** returns a cracked teapot; a photo is attached. The order is within its warranty.',
  '**Bakkerij Smit** wants the invoice of last month again, with their new address.',
  'A journalist of the *Kitchen Review* asks for two photos by tomorrow noon.',
  '**Fjord Tea** offers 200 kg of Assam at last year’s price, if we answer this week.',
]
const FIRST = [
  'Quiet night: three orders, all paid, none to look at.',
  'Eleven orders came in, two of them with the same address and different names.',
  'Sales are a tenth above the same day of last week, mostly teapots.',
  'Nobody waits for an answer longer than a day.',
]

const list = (lines: readonly string[]) => lines.map((it) => `- ${it}`).join('\n')

type Writes = (day: string, hour: string) => string
const WRITERS: Readonly<Record<string, Writes>> = {
  'morning digest': (day) =>
    `${oneOf(FIRST, `first ${day}`)}\n\n${list(someOf(NEWS, 2 + Math.floor(chance(day) * 2), day))}`,
  'inbox triage': (day, hour) =>
    chance(`mail ${day} ${hour}`) < 0.45
      ? 'Nothing that needs somebody today.'
      : `To be answered today:\n\n${list(someOf(MAILS, 1 + Math.floor(chance(hour + day) * 2), day + hour))}`,
  'weekly report': (day) => {
    const sold = 180 + Math.floor(chance(day) * 90)
    return `## The week\n\n| | this week | last week |\n|---|---|---|\n| Orders | ${sold} | ${sold - 20 + Math.floor(chance(`${day}o`) * 40)} |\n| Returns | ${Math.floor(sold / 30)} | ${Math.floor(sold / 26)} |\n| Open questions | ${Math.floor(chance(`${day}q`) * 9)} | 6 |\n\n${oneOf(NEWS, day)}`
  },
  'reads new documents': () =>
    'The price list has 64 lines, 9 of them new. Assam and Darjeeling went up by 6 %, everything else stays.',
  'stand-up notes': (day) =>
    `Since yesterday: ${oneOf(['the new labels are printed', 'the warehouse was counted', 'the shop has its winter photos'], day)}. Today: ${oneOf(['answer the hotel', 'pack the Milan samples', 'call the parcel service'], `${day}t`)}.`,
}

/** `instructions` is all that the model reads; who is asked is said in its first line. */
export function saidBy(instructions: string, now: Date): Said {
  const name = Object.keys(WRITERS).find((it) => instructions.toLowerCase().includes(it)) ?? 'morning digest'
  const at = now.toISOString()
  const isQuestion =
    instructions.includes('CARILLON_THREAD') || /which of them|how many|why/i.test(instructions.slice(-400))
  const text = isQuestion
    ? 'The blue kettle: seven of eleven orders had one. Nobody asked for the red one since Monday.'
    : (WRITERS[name] as Writes)(at.slice(0, 10), at.slice(11, 13))
  const size = 900 + Math.floor(chance(`in ${at}`) * 2_400)
  return {
    text,
    tokens: { in: size, out: Math.ceil(text.length / 3.6) },
    tookMs: 1_500 + Math.floor(chance(`took ${at}`) * 9_000),
  }
}
