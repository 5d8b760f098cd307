/** The templates, in the order of the gallery. A new one is one file beside this one and one line here. */
import { dailySummary } from './daily-summary.ts'
import { feedDigest } from './feed-digest.ts'
import { meetingPreparation } from './meeting-preparation.ts'
import { nightlyDocumentSync } from './nightly-document-sync.ts'
import { pageChangeWatch } from './page-change-watch.ts'
import { urgentMail } from './urgent-mail.ts'
import { websiteHealth } from './website-health.ts'
import { weeklyCleanup } from './weekly-cleanup.ts'
import { weeklyReport } from './weekly-report.ts'

export const templates = [
  dailySummary,
  urgentMail,
  meetingPreparation,
  nightlyDocumentSync,
  pageChangeWatch,
  feedDigest,
  websiteHealth,
  weeklyReport,
  weeklyCleanup,
]
