/** What several templates ask alike: when to run, and where to look. */
import { z } from 'zod'
import { ZoneName } from '../contract/fields.ts'
import { MailAddress } from '../contract/mail.ts'
import type { TemplateNeed } from '../contract/template.ts'

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const
const DAYS = [...WEEKDAYS, 'saturday', 'sunday'] as const
type Day = (typeof DAYS)[number]
const DAY_LABELS = Object.fromEntries(DAYS.map((it) => [it, it.charAt(0).toUpperCase() + it.slice(1)]))

const Time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'expects a time such as 09:30')
const Zone = ZoneName.default('UTC').meta({ title: 'Time zone', format: 'timezone' })

const on = (time: string, days: Day[]) =>
  z
    .strictObject({
      time: Time.default(time).meta({ title: 'Time', format: 'time' }),
      days: z
        .array(z.enum(DAYS))
        .min(1, 'choose at least one day')
        .max(DAYS.length)
        .default(days)
        .meta({ title: 'Days', labels: DAY_LABELS }),
      timezone: Zone,
    })
    .prefault({})
    .meta({ title: 'When' })

export const onWeekdays = (time: string) => on(time, [...WEEKDAYS])
export const everyDay = (time: string) => on(time, [...DAYS])
export const onOneDay = (day: Day, time: string) => on(time, [day])

const CRON_DAYS: Readonly<Record<Day, number>> = {
  monday: 1,
  tuesday: 2,
  wednesday: 3,
  thursday: 4,
  friday: 5,
  saturday: 6,
  sunday: 0,
}

/** All days are a star; days in a row are a range, as one would write it. */
export function cronOn({ time, days }: { time: string; days: readonly Day[] }): string {
  const [hour, minute] = time.split(':').map(Number)
  const chosen = DAYS.filter((it) => days.includes(it))
  const isRow = chosen.join() === WEEKDAYS.join()
  const which =
    chosen.length === DAYS.length ? '*' : isRow ? '1-5' : chosen.map((it) => CRON_DAYS[it]).join(',')
  return `${minute} ${hour} * * ${which}`
}

const CRON_EVERY = {
  '1m': '* * * * *',
  '5m': '*/5 * * * *',
  '15m': '*/15 * * * *',
  '30m': '*/30 * * * *',
  '1h': '0 * * * *',
} as const
const STEPS = Object.keys(CRON_EVERY) as (keyof typeof CRON_EVERY)[]
type EveryStep = (typeof STEPS)[number]
const STEP_LABELS: Readonly<Record<EveryStep, string>> = {
  '1m': 'Every minute',
  '5m': 'Every 5 minutes',
  '15m': 'Every 15 minutes',
  '30m': 'Every 30 minutes',
  '1h': 'Every hour',
}

export const everySoOften = (usual: EveryStep) =>
  z
    .strictObject({
      every: z.enum(STEPS).default(usual).meta({ title: 'How often', labels: STEP_LABELS }),
      timezone: Zone,
    })
    .prefault({})
    .meta({ title: 'When' })

export const cronEvery = ({ every }: { every: EveryStep }): string => CRON_EVERY[every]

export const Recipients = z.array(MailAddress).max(50).default([]).meta({
  title: 'Also by mail to',
  description: 'Addresses; it is in the chat either way.',
})
export const MAIL_SERVER: TemplateNeed = { kind: 'channel', name: 'a mail server', optional: true }
/** Where one is set up, the agent has it sum up what it tells. */
export const MODEL: TemplateNeed = { kind: 'model', name: 'a model', optional: true }

/**
 * For what watches something elsewhere: a peer that is away comes back, so its absence must not switch the schedule
 * off for good. So many runs are ten days at every 15 minutes; what never answers ends some day all the same.
 */
export const PATIENT = { disableAfterFailures: 1000 } as const

export const WebAddress = z
  .url({ protocol: /^https?$/, error: 'expects an address such as https://example.com/' })
  .max(4_000)

/** For the name of a schedule. */
export const hostOf = (address: string): string => new URL(address).host.slice(0, 80)

/** The first, and how many more: they have to fit into a name. */
export function hostsOf([first = '', ...more]: readonly string[]): string {
  return `${hostOf(first)}${more.length > 0 ? ` and ${more.length} more` : ''}`
}
