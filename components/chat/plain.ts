/** What begins a block of its own: a heading, a quotation, a list, a rule, code that is indented. */
const OPENS_BLOCK = /^(?:[\s#>+=-]|\d+[.)])/
/** What may begin anything else, and the beginnings of links that need no mark. */
const MARKS = /[\n*_`[\]<>&\\~@|]|:\/\/|www\./i

/** A line that markdown would show as it is written. */
export const isPlain = (text: string): boolean => !OPENS_BLOCK.test(text) && !MARKS.test(text)
