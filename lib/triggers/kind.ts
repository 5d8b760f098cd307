/**
 * What a kind of trigger knows: how it is configured, what that says in words, and when or upon what it
 * fires.
 *
 * A kind is one file beside this one and one line in `index.ts`. Its configuration is one schema over what a
 * row keeps for it; every function takes it typed, and none is called with what the schema refuses.
 */
import type { z } from 'zod'
import type { Match } from './matching.ts'

export interface FieldError {
  path: string
  message: string
}

export interface Rules {
  minimumIntervalSeconds: number
  now: Date
}

interface Described<Config> {
  kind: string
  /**
   * An object of the fields that the kind reads: of the clock's (`ClockFields`), and its own, which a row
   * keeps as one JSON column. Its messages stand after a field's name.
   */
  config: z.ZodType<Config> & { readonly shape: Readonly<Record<string, unknown>> }
  /** What a person must mend beyond the schema, or nothing. */
  judge(config: Config, rules: Rules): FieldError[]
  describe(config: Config): string
}

/** Follows the clock. */
export interface ClockKind<Config> extends Described<Config> {
  /** The first instant strictly after `after`; null when there is none. */
  next(config: Config, after: Date): Date | null
  /** The newest `count` instants in (after, upTo], oldest first, however long the span. */
  latest(config: Config, after: Date, upTo: Date, count: number): Date[]
  /** How many instants lie in (after, upTo]; `exact` is false where counting stopped early. */
  count(config: Config, after: Date, upTo: Date): { count: number; exact: boolean }
}

/**
 * Waits for facts: an event, a call, a condition that has come true. What it wants to know people give as an
 * object of its name (`own`), if anything.
 */
export interface FactKind<Config> extends Described<Config> {
  own: boolean
  /** Whether a fact that comes to it is one that it fires on, and which comparison decided. */
  accepts(config: Config, fact: unknown): Match
}

export type TriggerKind<Config> = ClockKind<Config> | FactKind<Config>

type Schema = Described<unknown>['config']
/** Give the functions of a kind the type of its schema. */
export const factKind = <S extends Schema>(
  it: FactKind<z.output<S>> & { config: S },
): FactKind<z.output<S>> => it
export const clockKind = <S extends Schema>(
  it: ClockKind<z.output<S>> & { config: S },
): ClockKind<z.output<S>> => it

/** The clock's own columns of a row, as kinds read them. */
export interface ClockFields {
  cronExpression: string | null
  timezone: string
  everySeconds: number | null
  at: Date | null
  startsAt: Date | null
  createdAt: Date
}
