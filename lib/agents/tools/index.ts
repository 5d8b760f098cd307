/** The tools that come with the product: one file and one line each. */
import askPerson from './ask-person.ts'
import calculate from './calculate.ts'
import createSchedule from './create-schedule.ts'
import dates from './dates.ts'
import httpRequest from './http-request.ts'
import notes from './notes.ts'
import pauseSchedule from './pause-schedule.ts'
import postMessage from './post-message.ts'
import readCalendar from './read-calendar.ts'
import readDocument from './read-document.ts'
import readExecutions from './read-executions.ts'
import readFeed from './read-feed.ts'
import readPage from './read-page.ts'
import runAgent from './run-agent.ts'
import searchDocuments from './search-documents.ts'
import searchMessages from './search-messages.ts'
import sendMail from './send-mail.ts'
import type { Tool } from './tool.ts'
import writeDocument from './write-document.ts'

export const tools: readonly Tool[] = [
  searchDocuments,
  readDocument,
  searchMessages,
  readExecutions,
  readPage,
  readFeed,
  readCalendar,
  calculate,
  dates,
  httpRequest,
  runAgent,
  postMessage,
  sendMail,
  writeDocument,
  createSchedule,
  pauseSchedule,
  askPerson,
  notes,
]
