/** The templates of this installation, in the order of the gallery. A new one is one file beside this one and one line here. */
import { dailySummary } from './daily-summary.ts'
import { websiteHealth } from './website-health.ts'
import { weeklyCleanup } from './weekly-cleanup.ts'
import { weeklyReport } from './weekly-report.ts'

export const templates = [dailySummary, websiteHealth, weeklyReport, weeklyCleanup]
