/** What a person says of themselves, and where they are signed in. */
import { z } from 'zod'
import { Instant, Line, ZoneName } from './fields.ts'
import { LANGUAGES, type Language, PLAIN } from './reading.ts'

const CODES = LANGUAGES.map(([code]) => code) as [Language, ...Language[]]

export const Preferences = z.object({
  timezone: z.string().nullable().meta({ description: 'null: as the browser says.' }),
  clock: z
    .enum(['12', '24'])
    .nullable()
    .meta({ description: 'Hours of a day; null: as the language has it.' }),
  language: z
    .enum(CODES)
    .nullable()
    .meta({ description: 'Of dates, numbers and patterns; null: as the browser.' }),
  shortcuts: z.boolean().meta({ description: 'Single letters do something on the pages.' }),
})
export type Preferences = z.infer<typeof Preferences>
export const NO_PREFERENCES: Preferences = { ...PLAIN, shortcuts: true }

export const ProfileChange = z.strictObject({
  name: Line(80).optional(),
  timezone: ZoneName.nullable().optional(),
  clock: Preferences.shape.clock.optional(),
  language: Preferences.shape.language.optional(),
  shortcuts: z.boolean().optional(),
})
export type ProfileChange = z.infer<typeof ProfileChange>

export const Session = z.object({
  id: z.string(),
  current: z.boolean().meta({ description: 'The one that asks.' }),
  agent: z.string().nullable().meta({ description: 'As the browser calls itself.' }),
  address: z.string().nullable(),
  since: Instant,
  seenAt: Instant.meta({ description: 'To the day.' }),
  expiresAt: Instant,
})
export type Session = z.infer<typeof Session>
