/** The most bytes that a file may have: judged before it is sent, and by the server again. */
export const MOST_FILE_BYTES = 25 * 1024 ** 2
