/** Workspaces, the people in them, and the keys of programs. */
import { z } from 'zod'
import { Instant, InstantIn, Line, Role, Slug, ZoneName } from './fields.ts'
import { Execution } from './execution.ts'
import { Preferences } from './profile.ts'

export const Workspace = z.object({
  id: z.number(),
  name: z.string(),
  slug: z.string(),
  role: Role,
  lastSeq: z.number(),
  retentionDays: z.number().nullable(),
  maxConcurrent: z.number().nullable(),
  timezone: z.string().meta({ description: 'Its days and months, for budgets, are those of this zone.' }),
  demo: z.boolean().meta({ description: 'It was made up, to look around in.' }),
  createdAt: Instant,
})
export type Workspace = z.infer<typeof Workspace>
export const NewWorkspace = z.strictObject({ name: Line(80), slug: Slug.optional() })
export const WorkspaceChange = z.strictObject({
  name: Line(80).optional(),
  retentionDays: z.number().int().min(1).max(3650).nullable().optional(),
  maxConcurrent: z.number().int().min(1).max(10_000).nullable().optional(),
  timezone: ZoneName.optional(),
})

export const Member = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  role: Role,
  since: Instant,
})
export type Member = z.infer<typeof Member>
export const MemberChange = z.strictObject({ role: Role })

export const Invitation = z.object({
  id: z.number(),
  email: z.string(),
  role: Role,
  expiresAt: Instant,
  createdAt: Instant,
  createdBy: z.object({ id: z.string(), name: z.string() }).nullable(),
})
export type Invitation = z.infer<typeof Invitation>
export const NewInvitation = z.strictObject({
  email: z.email('expects an e-mail address').max(254).toLowerCase(),
  role: Role.default('editor'),
})

/** `token` is what the server printed or what the invitation's link carries. */
export const SetUp = z.strictObject({
  token: z.string().min(1).max(200),
  name: Line(80),
  email: z.email('expects an e-mail address').max(254).toLowerCase(),
  password: z.string().min(8, 'expects at least 8 characters').max(128, 'expects at most 128 characters'),
})
export const Join = SetUp.omit({ email: true })

export const ApiKey = z.object({
  id: z.number(),
  name: z.string(),
  prefix: z.string(),
  workspaceId: z.number().nullable(),
  role: Role,
  mayApprove: z.boolean().meta({ description: 'It decides what runs ask for.' }),
  createdAt: Instant,
  expiresAt: Instant.nullable(),
  lastUsedAt: Instant.nullable(),
  createdBy: z.object({ id: z.string(), name: z.string() }).nullable().meta({
    description: 'The person or the key that made it; null: it was made at the machine.',
  }),
})
export type ApiKey = z.infer<typeof ApiKey>
export const NewApiKey = z.strictObject({
  name: Line(80),
  workspace: Slug.optional().meta({
    description: 'Its slug; without one the key is for the whole installation.',
  }),
  role: Role.default('editor'),
  mayApprove: z.boolean().default(false).meta({
    description: 'It may decide what runs ask for, as its role allows; for editors and admins.',
  }),
  expiresAt: InstantIn.optional(),
})
export const ApiKeyQuery = z.object({ workspace: Slug.optional() })

const DaySummary = z.object({
  date: z.string(),
  total: z.number(),
  successful: z.number(),
  failed: z.number(),
  cancelled: z.number(),
  skipped: z.number(),
  missed: z.number(),
  avgDurationSeconds: z.number().nullable(),
  tokensUsed: z.number(),
})
export type DaySummary = z.infer<typeof DaySummary>
export const StatsQuery = z.object({ days: z.coerce.number().int().min(1).max(366).default(7) })
export const WorkspaceStats = z.object({
  totalSchedules: z.number(),
  activeSchedules: z.number(),
  totalExecutions: z.number(),
  recentExecutions: z.array(Execution),
  daily: z.array(DaySummary),
})
export type WorkspaceStats = z.infer<typeof WorkspaceStats>

/** Schedules whose instant has passed without a run so far: late, or waiting for the scheduler. */
export const Overdue = z.object({
  scheduleId: z.number(),
  name: z.string(),
  dueAt: Instant,
  lateMs: z.number(),
})

export const SchedulerState = z.object({
  paused: z.boolean(),
  reason: z.string().nullable(),
  since: Instant.nullable(),
})
export type SchedulerState = z.infer<typeof SchedulerState>
export const SchedulerChange = z.strictObject({ paused: z.boolean(), reason: Line(500).optional() })

export const Me = z.object({
  actor: z.enum(['person', 'key']),
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  installationAdmin: z.boolean(),
  preferences: Preferences,
  workspaces: z.array(Workspace),
})
export type Me = z.infer<typeof Me>
