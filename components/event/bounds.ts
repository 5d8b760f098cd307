/** By what events may be bounded, of some types. */

const OF_SCHEDULES = ['execution.', 'schedule.', 'approval.', 'expectation.']
/** Whether it hears of what schedules do, so that one may say of which. */
export const isOfSchedules = (types: readonly string[]): boolean =>
  types.some((type) => OF_SCHEDULES.some((it) => type.startsWith(it)))

const OF_SOURCES = ['email.', 'feed.', 'file.']
/** Whether it hears of what sources bring, so that one may say of which. */
export const isOfSources = (types: readonly string[]): boolean =>
  types.some((type) => OF_SOURCES.some((it) => type.startsWith(it)))
