/**
 * What a kind of trigger that follows the clock knows: judge
 * its configuration, say it in words, compute its instants.
 */

export interface When {
  cronExpression: string | null
  timezone: string
  everySeconds: number | null
  at: Date | null
  /** Where an interval counts from. */
  anchor: Date
}

export interface FieldError {
  path: string
  message: string
}

export interface ClockKindDefinition {
  kind: string
  /** What a person must mend, or nothing. */
  judge(when: When, rules: { minimumIntervalSeconds: number; now: Date }): FieldError[]
  describe(when: When): string
  /** The first instant strictly after `after`; null when there is none. */
  next(when: When, after: Date): Date | null
  /** The newest `count` instants in (after, upTo], oldest first, however long the span. */
  latest(when: When, after: Date, upTo: Date, count: number): Date[]
  /** How many instants lie in (after, upTo]; `exact` is false where counting stopped early. */
  count(when: When, after: Date, upTo: Date): { count: number; exact: boolean }
}
