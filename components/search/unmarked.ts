/** The words of a piece of Markdown that was cut anywhere: its marks would stand there as they were typed. */
export const unmarked = (text: string): string =>
  text
    .replace(/\*\*|__|`+/g, '')
    // A list or a heading begins the text, or stands behind a sentence that has ended.
    .replace(/(^|[.:;!?…]\s+)(?:[-*•]|#{1,6})\s+/g, '$1')
    .trim()
