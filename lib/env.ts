/**
 * The configuration, parsed once at start.
 *
 * Promise: a bad value stops the start with its name, the value
 * and what to write instead; an empty value counts as absent.
 */
import { isAbsolute, relative, resolve } from 'node:path'
import { z } from 'zod'
import { MailSender } from './contract/mail.ts'
import { ProviderKind } from './contract/model.ts'
import { inWords } from './contract/wording.ts'

const whole = (fallback: number, least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, `expects a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((n) => n >= least && n <= most, `expects a whole number from ${least} to ${most}`)
    .default(fallback)
const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false', '1', '0'], 'expects true or false')
    .transform((it) => it === 'true' || it === '1')
    .default(fallback)
const list = z
  .string()
  .transform((it) =>
    it
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  )
  .default([])

const isWithin = (folder: string, path: string) => !/^\.\.(?:[/\\]|$)/.test(relative(folder, path))

const Environment = z
  .object({
    PORT: whole(3001, 0, 65_535),
    HOST: z.string().default('127.0.0.1'),
    DATA_DIR: z.string().default('./storage'),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'expects a postgres:// address; leave it out to use SQLite')
      .optional(),
    BASE_URL: z.url({ protocol: /^https?$/, error: 'expects an http:// or https:// address' }).optional(),
    JWT_SECRET: z.string().min(16, 'expects at least 16 characters').optional(),
    SIG_KEY: z.string().min(16, 'expects at least 16 characters').optional(),
    SIG_SALT: z.string().min(16, 'expects at least 16 characters').optional(),
    ADMIN_EMAIL: z.email('expects an e-mail address').optional(),
    ADMIN_PASSWORD: z
      .string()
      .min(8, 'expects at least 8 characters')
      .max(128, 'expects at most 128 characters')
      .optional(),
    MAX_CONCURRENT_EXECUTIONS: whole(200, 1, 10_000),
    MAX_CONCURRENT_PER_WORKSPACE: whole(100, 1, 10_000),
    STOP_GRACE_SECONDS: whole(25, 0, 600),
    MINIMUM_INTERVAL_SECONDS: whole(60, 1, 86_400),
    SCHEDULER_ENABLED: flag(true),
    ROLE: z.enum(['all', 'web', 'worker'], 'expects all, web or worker').default('all'),
    LOG_LEVEL: z
      .enum(
        ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
        'expects trace, debug, info, warn, error, fatal or silent',
      )
      .default('info'),
    METRICS_TOKEN: z.string().min(8, 'expects at least 8 characters').optional(),
    ALLOWED_PRIVATE_NETWORKS: list,
    ALLOW_MCP_STDIO: flag(false),
    DOCUMENT_FOLDERS: list.refine(
      (folders) => folders.every((it) => isAbsolute(it)),
      'expects folders in full, from the root, such as /srv/documents,/mnt/share',
    ),
    LLM_PROVIDER: ProviderKind.optional(),
    LLM_BASE_URL: z.url({ protocol: /^https?$/, error: 'expects an http:// or https:// address' }).optional(),
    LLM_API_KEY: z.string().optional(),
    LLM_MODEL: z.string().optional(),
    LLM_EMBEDDING_MODEL: z.string().optional(),
    SMTP_URL: z
      .string()
      .refine(
        (it) => /^smtps?:\/\/(?:[^\s/?#@]*@)?[^\s/?#@]+\/?$/.test(it) && URL.canParse(it),
        'expects smtp://user:password@mail.example.com:587, or smtps:// for TLS from the first byte; signs such as @ and / in user and password as %40 and %2F',
      )
      .optional(),
    SMTP_FROM: MailSender.optional(),
    TRUSTED_PROXIES: list,
    NODE_ENV: z.string().default('production'),
  })
  .superRefine((it, context) => {
    if (it.DOCUMENT_FOLDERS.some((folder) => isWithin(folder, resolve(it.DATA_DIR))))
      context.addIssue({
        code: 'custom',
        path: ['DOCUMENT_FOLDERS'],
        message:
          'must not hold DATA_DIR: agents could read the database and its secrets. Name folders beside it',
      })
    if (it.LLM_PROVIDER === 'openai-compatible' && !it.LLM_BASE_URL)
      context.addIssue({
        code: 'custom',
        path: ['LLM_BASE_URL'],
        message: 'is needed with LLM_PROVIDER openai-compatible, such as http://localhost:11434/v1',
      })
    if (Boolean(it.SMTP_URL) !== Boolean(it.SMTP_FROM)) {
      context.addIssue({
        code: 'custom',
        path: [it.SMTP_URL ? 'SMTP_FROM' : 'SMTP_URL'],
        message: 'is needed too: SMTP_URL and SMTP_FROM go together',
      })
    }
    if (it.LLM_PROVIDER === 'anthropic' && it.LLM_EMBEDDING_MODEL)
      context.addIssue({
        code: 'custom',
        path: ['LLM_EMBEDDING_MODEL'],
        message: 'is nothing that the provider anthropic has; leave it out',
      })
    if (Boolean(it.ADMIN_EMAIL) !== Boolean(it.ADMIN_PASSWORD)) {
      context.addIssue({
        code: 'custom',
        path: [it.ADMIN_EMAIL ? 'ADMIN_PASSWORD' : 'ADMIN_EMAIL'],
        message: 'is needed too: ADMIN_EMAIL and ADMIN_PASSWORD go together',
      })
    }
  })

export type Env = z.infer<typeof Environment>

/** What whoever operates the server lets people and agents do. */
export const boundsOf = (env: Env) => ({
  minimumIntervalSeconds: env.MINIMUM_INTERVAL_SECONDS,
  dataDir: env.DATA_DIR,
  limits: { total: env.MAX_CONCURRENT_EXECUTIONS, perWorkspace: env.MAX_CONCURRENT_PER_WORKSPACE },
  allowedPrivateNetworks: env.ALLOWED_PRIVATE_NETWORKS,
  documentFolders: env.DOCUMENT_FOLDERS,
  baseUrl: baseUrlOf(env),
})

/** Where people and programs reach the server. */
export const baseUrlOf = ({ BASE_URL, PORT }: Env): string =>
  BASE_URL?.replace(/\/+$/, '') ?? `http://localhost:${PORT}`

export const SECRET_NAMES = /SECRET|KEY|SALT|PASSWORD|TOKEN|DATABASE_URL|SMTP_URL/

/** @throws Error with one line for each bad variable; the values of secrets are not repeated. */
export function readEnv(source: Record<string, string | undefined>): Env {
  const known = Object.keys(Environment.shape)
  const given = Object.fromEntries(known.flatMap((name) => (source[name] ? [[name, source[name]]] : [])))
  const parsed = Environment.safeParse(given, inWords)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0])
    const value = given[name] === undefined || SECRET_NAMES.test(name) ? '' : ` (it is "${given[name]}")`
    return `${name} ${message}${value}.`
  })
  throw new Error(lines.join('\n'))
}
