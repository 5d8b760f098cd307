/** The log: one JSON line an event, without secrets; readable text in a developer's terminal. */
import { type DestinationStream, type Logger, pino } from 'pino'
import type { Env } from './env.ts'

const SECRET_FIELDS = ['authorization', 'cookie', 'password', 'token', 'key', 'secret', 'apiKey', 'DATABASE_URL', 'JWT_SECRET', 'SIG_KEY', 'SIG_SALT', 'METRICS_TOKEN', 'ADMIN_PASSWORD']

/** A key or a password that slipped into a sentence. */
const SECRETS_IN_TEXT = [/\bcar_[\w-]{8,}/g, /(?<=\bpostgres(?:ql)?:\/\/[^:@/\s]*:)[^@\s]+(?=@)/g, /(?<=\bBearer\s)[\w.-]{8,}/gi]
const withoutSecrets = (text: string) => SECRETS_IN_TEXT.reduce((clean, pattern) => clean.replace(pattern, '[redacted]'), text)

export function createLog(env: Pick<Env, 'LOG_LEVEL' | 'NODE_ENV'>, to?: DestinationStream): Logger {
  const pretty = !to && env.NODE_ENV === 'development' && process.stdout.isTTY
  return pino({
    level: env.LOG_LEVEL,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap((it) => [it, `*.${it}`, `*.*.${it}`, `err.${it}`]), censor: '[redacted]' },
    hooks: { streamWrite: withoutSecrets },
    ...(pretty && { transport: { target: 'pino-pretty', options: { translateTime: 'HH:MM:ss.l', ignore: 'hostname,pid' } } }),
  }, ...(to ? [to] : []) as [DestinationStream])
}
