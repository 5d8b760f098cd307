/**
 * The log: one JSON line an event; readable text in a developer's terminal.
 *
 * Promise: no line carries a secret of the configuration, an API key, a
 * session or a one-time link, in whatever field or sentence it came.
 */
import { type DestinationStream, type Logger, pino } from 'pino'
import { type Env, SECRET_NAMES } from './env.ts'

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'password',
  'token',
  'key',
  'secret',
  'apiKey',
  'Authorization',
  'Cookie',
  '["set-cookie"]',
]
const AT = ['', '*.', '*.*.', '*.*.*.']

/**
 * What is secret by its shape. A line is JSON by then: before a word there may stand the `n` of an escaped
 * line break, so no pattern begins with a boundary.
 */
const SECRETS_IN_TEXT = [
  /car_[\w-]{20,}/g,
  /(?<=session_token=)[^\s;,"\\]+/g,
  /(?<=[?&]token=)[^\s&"\\]+/g,
  /(?<=(?:Bearer|Basic)\s{1,4})[\w.+/=-]{8,}/gi,
  /(?<=:\/\/[^:@/\s"]{0,128}:)[^@\s"]{1,512}(?=@)/g,
  // A failed query repeats what it was bound to.
  /(?<=\\nparams: )(?:(?!\\n {4}at |\\n\w*Error: )(?:[^"\\]|\\.))+/g,
]

/** No line is longer: what a stranger sends must not cost the log more than its place. */
const LONGEST_LINE = 32_768
function cut(line: string): string {
  if (line.length <= LONGEST_LINE) return line
  const text = line.slice(0, LONGEST_LINE)
  return `${JSON.stringify({ level: 'warn', msg: 'A line was cut.', length: line.length, text })}\n`
}

function redactor(secrets: string[]): (line: string) => string {
  const written = secrets.map((it) => JSON.stringify(it).slice(1, -1)).sort((a, b) => b.length - a.length)
  return (given) => {
    const line = cut(given)
    const known = written.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), line)
    return SECRETS_IN_TEXT.reduce((clean, pattern) => clean.replace(pattern, '[redacted]'), known)
  }
}

export function createLog(
  env: Pick<Env, 'LOG_LEVEL' | 'NODE_ENV'> & Partial<Env>,
  to?: DestinationStream,
): Logger {
  const pretty = !to && env.NODE_ENV === 'development' && process.stdout.isTTY
  const secrets = Object.entries(env).flatMap(([name, value]) =>
    SECRET_NAMES.test(name) && typeof value === 'string' ? [value] : [],
  )
  return pino(
    {
      level: env.LOG_LEVEL,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: SECRET_FIELDS.flatMap((field) =>
          AT.map((at) => (field.startsWith('[') ? `${at.slice(0, -1)}${field}` : `${at}${field}`)),
        ),
        censor: '[redacted]',
      },
      hooks: { streamWrite: redactor(secrets) },
      ...(pretty && {
        transport: {
          target: 'pino-pretty',
          options: { translateTime: 'HH:MM:ss.l', ignore: 'hostname,pid' },
        },
      }),
    },
    ...((to ? [to] : []) as [DestinationStream]),
  )
}
