/** The sources of values there are. A new one is a file beside this one and an entry in the list. */
import type { ConditionSource } from '../../contract/condition-trigger.ts'
import type { Source } from '../source.ts'
import { feed } from './feed.ts'
import { http } from './http.ts'
import { mcp } from './mcp.ts'
import { page } from './page.ts'
import { workspace } from './workspace.ts'

export const sources = { http, page, feed, workspace, mcp } satisfies Record<ConditionSource['kind'], Source>
