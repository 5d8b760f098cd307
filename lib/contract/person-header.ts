/** The id of the person that a page was made for: the server refuses what anybody else's session would do there. */
export const PERSON_HEADER = 'carillon-person'
