/**
 * Skills: code from elsewhere that agents run, contained, once an administrator has accepted it.
 *
 * What is accepted are the files as they were looked at, by their hash: with other files a skill is under review
 * again, and does not run.
 */
import { z } from 'zod'
import { Instant } from './fields.ts'
import { SecretRef } from './secret.ts'

export const SkillFormat = z.enum(['anythingllm', 'agent-skill'])
export type SkillFormat = z.infer<typeof SkillFormat>
export const SkillStatus = z.enum(['review', 'accepted'])
export type SkillStatus = z.infer<typeof SkillStatus>
export const SkillSource = z.enum(['upload', 'folder'])
export type SkillSource = z.infer<typeof SkillSource>

const MOST_HOSTS = 50
const MOST_FOLDERS = 20
const Host = z
  .string()
  .trim()
  .toLowerCase()
  .max(255)
  .regex(/^(\*|(\*\.)?[a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/, 'expects a host such as api.example.com')
const Folder = z
  .string()
  .max(1000)
  .regex(/^\/(?!.*(^|\/)\.\.(\/|$))[^\0]*$/, 'expects a whole path from / on')

/** What a skill may do beyond its own folder and its scratch folder. */
export const SkillGrants = z.strictObject({
  network: z.array(Host).max(MOST_HOSTS, `expects at most ${MOST_HOSTS} hosts`).default([]).meta({
    description: 'Hosts that it may reach: api.example.com, *.example.com, or * for every public one.',
  }),
  privateNetwork: z.boolean().default(false).meta({
    description: 'Also hosts of the own network, where ALLOWED_PRIVATE_NETWORKS has them.',
  }),
  read: z.array(Folder).max(MOST_FOLDERS, `expects at most ${MOST_FOLDERS} folders`).default([]),
  write: z.array(Folder).max(MOST_FOLDERS, `expects at most ${MOST_FOLDERS} folders`).default([]),
  childProcess: z.boolean().default(false),
})
export type SkillGrants = z.infer<typeof SkillGrants>

const MASK = '•••'
const LONGEST_VALUE = 16 * 1024
const SetupValue = z.union(
  [
    z
      .string()
      .max(LONGEST_VALUE, 'expects at most 16 KiB')
      .refine((it) => !it.includes('\0')),
    z.number(),
    z.boolean(),
    z.null(),
    SecretRef,
  ],
  'expects a text, a number, true or false, or { "secret": "NAME" }',
)
export type SetupValue = z.infer<typeof SetupValue>
const Setup = z
  .record(z.string().min(1).max(200), SetupValue)
  .refine((it) => Object.keys(it).length <= 200, 'expects at most 200 values')

export const AcceptSkill = z.strictObject({
  setup: Setup.default({}).meta({
    description: `By the names of its setup arguments; what is confidential is sealed. ${MASK} stands for what is kept.`,
  }),
  grants: SkillGrants.default(SkillGrants.parse({})),
  sha256: z.string().max(64).optional().meta({
    description: 'Of the files that were looked at: refused with 409 when they are others by now.',
  }),
})
export type AcceptSkill = z.infer<typeof AcceptSkill>

const Schema = z.record(z.string(), z.unknown())
const Asks = z.object({
  network: z.array(z.string()),
  privateNetwork: z.boolean(),
  read: z.array(z.string()),
  write: z.array(z.string()),
  childProcess: z.boolean(),
})

export const Skill = z.object({
  id: z.number(),
  hubId: z.string(),
  name: z.string(),
  description: z.string(),
  skillVersion: z.string().nullable().meta({ description: 'What it says of its own version.' }),
  author: z.string().nullable(),
  format: SkillFormat,
  status: SkillStatus,
  source: SkillSource,
  version: z.number().meta({ description: 'From 1; rises with other files.' }),
  setup: Schema.meta({ description: 'JSON Schema of what it is set up with.' }),
  params: Schema.nullable().meta({ description: 'JSON Schema of what a run is given; null: any object.' }),
  examples: z.array(z.unknown()),
  asks: Asks,
  warnings: z.array(z.string()),
  sha256: z.string().meta({ description: 'Of its files.' }),
  acceptedSha256: z.string().nullable().meta({ description: 'Of the files that were accepted last.' }),
  acceptedAt: Instant.nullable(),
  bytes: z.number(),
  usedBy: z
    .array(
      z.object({
        kind: z.enum(['agent', 'trigger']),
        id: z.union([z.string(), z.number()]),
        name: z.string(),
      }),
    )
    .meta({ description: 'As long as anything uses it, it is not deleted.' }),
  createdAt: Instant,
  updatedAt: Instant,
})
export type Skill = z.infer<typeof Skill>

export const SkillFile = z.object({
  path: z.string(),
  bytes: z.number(),
  text: z.string().nullable().meta({ description: 'Null of what is no text.' }),
  truncated: z.boolean().meta({ description: 'It has more text than is answered.' }),
})
export type SkillFile = z.infer<typeof SkillFile>

/** How code from elsewhere is kept apart on this machine. */
export const Containment = z.object({
  level: z
    .enum(['bubblewrap', 'other-user', 'permission'])
    .nullable()
    .meta({ description: 'Null: none works here, and no skill runs.' }),
  detail: z.string(),
})
export type Containment = z.infer<typeof Containment>

export const SkillDetail = Skill.extend({
  files: z.array(SkillFile),
  values: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), SecretRef])).meta({
    description: 'What it is set up with; what is confidential is masked.',
  }),
  grants: SkillGrants.nullable().meta({ description: 'Null: it was never accepted.' }),
  instructions: z.string().nullable().meta({ description: 'Of an Agent Skill: what agents are told.' }),
  containment: Containment,
})
export type SkillDetail = z.infer<typeof SkillDetail>

/** A folder of the server that is no skill. */
export const FolderProblem = z.object({ folder: z.string(), problem: z.string() })
export type FolderProblem = z.infer<typeof FolderProblem>
