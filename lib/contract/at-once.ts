/** With so many runs something is done at once. In a file of its own, as `bars.ts`: a page says it, too. */
export const MOST_AT_ONCE = 1000
