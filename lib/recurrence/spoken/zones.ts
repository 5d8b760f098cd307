/** The time zone in words: `UTC`, `Europe/Berlin`, `in New York`, `Tokyo time`; and those that could mean several. */
import { acceptedZone, isAbbreviation, judgeZone } from '../zone.ts'
import { either, isAny, phrase, type Read, type Reader, type Word } from './words.ts'

/** `name`: null is the zone that holds anyway. */
export type ZoneSaid = { name: string | null; note?: string } | { problem: string }

/** Cities of a zone that are words of another kind, too. */
const NO_CITIES = ['center', 'christmas', 'easter', 'midway', 'oral', 'resolute', 'wake']
/** Names of today, where the list has the older ones. */
const OF_TODAY = [
  ...['Asia/Ho_Chi_Minh', 'Asia/Kathmandu', 'Asia/Kolkata', 'Asia/Yangon', 'America/Nuuk'],
  ...['Atlantic/Faroe', 'Europe/Kyiv'],
]
const plain = (name: string) => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
let known: Map<string, string> | undefined
/** Zones by their cities: made once, and only where somebody names a place. */
function zonesByCity(): Map<string, string> {
  known ??= new Map(
    [...Intl.supportedValuesOf('timeZone'), ...OF_TODAY]
      .map((zone) => [plain(zone.slice(zone.lastIndexOf('/') + 1)).replaceAll('_', ' '), zone] as const)
      .filter(([city]) => !NO_CITIES.includes(city)),
  )
  return known
}

const MOST_WORDS_OF_A_CITY = 3
const city: Reader<string> = (words, at) => {
  for (let length = MOST_WORDS_OF_A_CITY; length > 0; length--) {
    const name = words.slice(at, at + length).map((it) => it.text)
    const zone = zonesByCity().get(plain(name.join(' ')))
    if (zone && name.length === length) return { value: zone, next: at + length }
  }
  return null
}
const TIME = either(phrase('time', 'zone'), phrase('time|timezone'))

const inCity: Reader<ZoneSaid> = (words, at) => {
  const isIn = isAny(words, at, 'in')
  const read = city(words, isIn || isAny(words, at, 'on') ? at + 1 : at)
  const time = read && TIME(words, read.next)
  if (!read || !(isIn || time)) return null
  const next = time ? time.next : read.next
  const told = words.slice(at, next).map((it) => it.said)
  return {
    value: { name: read.value, note: `“${told.join(' ')}” is taken as the time zone ${read.value}.` },
    next,
  }
}

const AREA = /^(?:africa|america|antarctica|arctic|asia|atlantic|australia|europe|indian|pacific|etc|us)\//
const SHORT = ['ET', 'CT', 'MT', 'PT']
/** A word that stands for a zone, or looks like one. */
export const zoneWord: Reader<ZoneSaid> = (words, at) => {
  const word = words[at]
  if (!word) return null
  const { text, said } = word
  // "Wet" and "et" in small letters are words.
  const isShort = SHORT.includes(said) || (isAbbreviation(text) && (text !== 'wet' || said === 'WET'))
  const isZone = /^(?:utc|gmt|z)$/.test(text) || /^(?:utc|gmt)[+-]\d/.test(text) || AREA.test(text)
  if (!isShort && !isZone) return null
  const name = text === 'z' ? 'UTC' : said
  const verdict = judgeZone(name)
  const time = TIME(words, at + 1)
  const value = verdict.ok ? { name: acceptedZone(name) } : { problem: verdict.message }
  return { value, next: time?.next ?? at + 1 }
}

const WIDE = 'eastern|central|mountain|pacific|atlantic|western'
const wide: Reader<ZoneSaid> = (words, at) => {
  const read = either(
    phrase(WIDE, 'time'),
    phrase(WIDE, 'standard|daylight|summer|european', 'time'),
    phrase(WIDE, 'european', 'summer', 'time'),
  )(words, at)
  return read && refused(words, at, read.next)
}
function refused(words: readonly Word[], at: number, next: number): Read<ZoneSaid> {
  const told = words.slice(at, next).map((it) => it.said)
  const problem = `“${told.join(' ')}” may mean several time zones: use a city name such as America/New_York.`
  return { value: { problem }, next }
}
const own: Reader<ZoneSaid> = (words, at) => {
  const read = either(phrase('local|my|our', 'time'), phrase('my|our', 'local', 'time'))(words, at)
  return read && { value: { name: null }, next: read.next }
}

const named = either(zoneWord, own, wide)
/** Behind a day or a time. */
export const zone: Reader<ZoneSaid> = either(named, inCity, (words, at) =>
  isAny(words, at, 'in', 'on') ? named(words, at + 1) : null,
)
