/** How much of each list is read at once, by the server while it draws the page and by the browser later. */
export const PAGE_OF = {
  messages: 50,
  executions: 50,
  schedules: 100,
  documents: 50,
  happenings: 50,
  lanes: 30,
} as const

/** A list of which only its first page is known. */
export const firstPage = <Page>(page: Page) => ({ pages: [page], pageParams: [undefined] })
