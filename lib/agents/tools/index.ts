/** The tools that come with the product: one file and one line each. */
import calculate from './calculate.ts'
import dates from './dates.ts'
import readDocument from './read-document.ts'
import readExecutions from './read-executions.ts'
import readFeed from './read-feed.ts'
import readPage from './read-page.ts'
import searchDocuments from './search-documents.ts'
import searchMessages from './search-messages.ts'
import type { Tool } from './tool.ts'

export const tools: readonly Tool[] = [
  searchDocuments,
  readDocument,
  searchMessages,
  readExecutions,
  readPage,
  readFeed,
  calculate,
  dates,
]
