/**
 * A time zone as stretches of time, in each of which the clock on the wall keeps one distance from UTC.
 *
 * Promise: what `judgeZone` accepts means the same place to everybody, and both Intl and Temporal know it.
 */

import { canonicalZone } from '../contract/zone.ts'

export interface Stretch {
  /** Inclusive; -Infinity where the zone's history begins. */
  startMs: number
  /** Exclusive; Infinity where the rules foresee no further change. */
  endMs: number
  /** Wall time minus UTC. */
  offsetMs: number
}

export interface Zone {
  name: string
  /** The stretch that holds an instant. */
  at(instantMs: number): Stretch
}

const LONGEST_NAME = 64
const WITHOUT_A_CITY = ['UTC', 'GMT']

/**
 * What people mean by an abbreviation. Intl would take IST for India, BST for Bangladesh and EST for Panama.
 */
const CITIES: Record<string, string> = {
  EST: 'America/New_York',
  EDT: 'America/New_York',
  CST: 'America/Chicago',
  CDT: 'America/Chicago',
  MST: 'America/Denver',
  MDT: 'America/Denver',
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
  WET: 'Europe/Lisbon',
  CET: 'Europe/Berlin',
  CEST: 'Europe/Berlin',
  EET: 'Europe/Athens',
  EEST: 'Europe/Athens',
  MSK: 'Europe/Moscow',
  BST: 'Europe/London',
  IST: 'Asia/Kolkata or Europe/Dublin',
  JST: 'Asia/Tokyo',
  KST: 'Asia/Seoul',
  SGT: 'Asia/Singapore',
  AEST: 'Australia/Sydney',
  AEDT: 'Australia/Sydney',
  NZST: 'Pacific/Auckland',
  HST: 'Pacific/Honolulu',
}

export const isAbbreviation = (word: string) => Object.hasOwn(CITIES, word.toUpperCase())

export function judgeZone(timezone: string): { ok: true } | { ok: false; message: string } {
  if (timezone.trim() === '')
    return refuse('The time zone is empty. Use UTC or a city name such as America/New_York.')
  const shown = timezone.length > LONGEST_NAME ? `${timezone.slice(0, LONGEST_NAME)}…` : timezone
  if (/^[+\-\d]/.test(timezone))
    return refuse(
      `Unknown time zone "${shown}". A distance from UTC knows no daylight saving: ` +
        'use a city name such as Asia/Karachi, or UTC.',
    )
  const city = CITIES[timezone.toUpperCase()]
  if (city)
    return refuse(
      `Unknown time zone "${shown}". Abbreviations are ambiguous: use a city name such as ${city}.`,
    )
  // The name decides, not Intl.supportedValuesOf: that list lacks UTC, Asia/Kolkata and Europe/Kyiv.
  const named =
    timezone.length <= LONGEST_NAME &&
    (timezone.includes('/') || WITHOUT_A_CITY.includes(timezone.toUpperCase()))
  if (!named || !isKnown(timezone))
    return refuse(`Unknown time zone "${shown}". Use UTC or a city name such as America/New_York.`)
  return { ok: true }
}

/** As it is written everywhere, where it is accepted; others stay as given. */
export const acceptedZone = (timezone: string): string =>
  judgeZone(timezone).ok ? canonicalZone(timezone) : timezone

/** The same as faults of a field; a zone that is not given has none. */
export function zoneFaults(path: string, timezone: string | undefined): { path: string; message: string }[] {
  const verdict = timezone === undefined ? { ok: true as const } : judgeZone(timezone)
  return verdict.ok ? [] : [{ path, message: verdict.message }]
}

const refuse = (message: string) => ({ ok: false, message }) as const

/** Both are asked: Intl also knows SystemV/EST5EDT, and Temporal takes the zone out of a whole date. */
function isKnown(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone })
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone)
    return true
  } catch {
    return false
  }
}

/** More than any pattern walks through: it only keeps hostile questions from growing a list for ever. */
const MOST_STRETCHES = 500

/** @throws RangeError for a zone that Temporal does not know. */
export function zoneOf(name: string): Zone {
  let latest = stretchAt(name, 0)
  let known = [latest]
  return {
    name,
    at(instantMs) {
      if (holds(latest, instantMs)) return latest
      latest = known.find((it) => holds(it, instantMs)) ?? stretchAt(name, instantMs)
      if (!known.includes(latest)) known = [...known.slice(1 - MOST_STRETCHES), latest]
      return latest
    },
  }
}

const holds = (stretch: Stretch, instantMs: number) =>
  stretch.startMs <= instantMs && instantMs < stretch.endMs

function stretchAt(name: string, instantMs: number): Stretch {
  const here = Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(name)
  return {
    // A millisecond later, because "previous" is strict and the stretch may begin right here.
    startMs: here.add({ milliseconds: 1 }).getTimeZoneTransition('previous')?.epochMilliseconds ?? -Infinity,
    endMs: here.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity,
    offsetMs: here.offsetNanoseconds / 1e6,
  }
}
