/**
 * So many of its last runs a schedule shows as bars. In a file of its own: the rest of the contract brings what reads
 * and checks, which a page need not load.
 */
export const MOST_BARS = 40
