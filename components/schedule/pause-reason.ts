/** What stands as the reason of a pause when nobody gave one: who it was is said beside it. */
export const saysWhoOnly = (reason: string): boolean => /^(?:Paused|Switched off) by [^:]*\.$/.test(reason)
