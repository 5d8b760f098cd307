/** A secret that slips into the log, in whatever shape, does not come out of it. */
import { expect, test } from 'vitest'
import { readEnv } from './env.ts'
import { createLog } from './log.ts'

const KEY = `car_${'Ab3-'.repeat(10)}xyz`
const env = readEnv({
  NODE_ENV: 'production',
  LOG_LEVEL: 'trace',
  JWT_SECRET: 'a jwt "secret" of tests',
  SIG_KEY: 'a signing key of tests',
  SIG_SALT: 'a signing salt of tests',
  METRICS_TOKEN: 'metrics-canary',
  DATABASE_URL: 'postgres://me:pa55word@db.example/carillon',
  ADMIN_EMAIL: 'root@example.com',
  ADMIN_PASSWORD: 'correct horse',
})

function logged(write: (log: ReturnType<typeof createLog>) => void, given = env): string {
  const lines: string[] = []
  write(createLog(given, { write: (line: string) => void lines.push(line) }))
  for (const line of lines) JSON.parse(line)
  return lines.join('')
}
const failedQuery = (...params: string[]) =>
  Object.assign(
    new Error(`Failed query: select 1\nparams: ${params.join(',')}`, {
      cause: new Error('SQLITE_BUSY: busy'),
    }),
    { query: 'select 1' },
  )

test.each<[string, (log: ReturnType<typeof createLog>) => void]>([
  ['a sentence', (log) => log.info(`The key ${KEY} was used.`)],
  ['a sentence of several lines', (log) => log.info(`first\n${KEY}\n\t${KEY}`)],
  ['an argument of a sentence', (log) => log.info('used %s', KEY)],
  ['a field', (log) => log.info({ apiKey: KEY }, 'x')],
  ['a field of any name', (log) => log.info({ what: { ever: { deep: { down: [KEY] } } } }, 'x')],
  ['a name of a field', (log) => log.info({ [KEY]: 1 }, 'x')],
  ['a header', (log) => log.info({ headers: { authorization: `Bearer ${KEY}` } }, 'x')],
  ['a header in capitals', (log) => log.info({ request: { headers: { Authorization: KEY } } }, 'x')],
  ['an address', (log) => log.info({ url: `http://localhost/x?token=${KEY}&a=1` }, 'x')],
  ['an error', (log) => log.error({ err: new Error(`no ${KEY}`) }, 'x')],
  ['an error by itself', (log) => log.error(new Error(`no ${KEY}`))],
  [
    'the cause of an error',
    (log) => log.error({ err: new Error('outer', { cause: new Error(`inner ${KEY}`) }) }, 'x'),
  ],
  [
    'a field of an error',
    (log) => log.error({ err: Object.assign(new Error('x'), { detail: KEY, params: [KEY] }) }, 'x'),
  ],
  ['an error of many', (log) => log.error({ err: new AggregateError([new Error(KEY)], 'x') }, 'x')],
  ['a failed query', (log) => log.error({ err: failedQuery(KEY) }, 'x')],
  ['a child of the log', (log) => log.child({ key: KEY, token: KEY, by: KEY }).info('x')],
])('an API key in %s', (_where, write) => {
  const text = logged(write)
  expect(text).not.toContain(KEY)
  expect(text).not.toContain(KEY.slice(6))
  expect(text).toContain('[redacted]')
})

test('the secrets of the configuration, wherever they stand', () => {
  for (const secret of [
    'a jwt "secret" of tests',
    'a signing key of tests',
    'a signing salt of tests',
    'metrics-canary',
    'correct horse',
    'postgres://me:pa55word@db.example/carillon',
  ]) {
    const text = logged((log) => {
      log.info(`is ${secret}`)
      log.error({ err: new Error(`line\n${secret}`), it: [secret] }, 'x')
      log.info(env, 'the whole configuration')
    })
    expect(text).not.toContain(JSON.stringify(secret).slice(1, -1))
  }
})

test('sessions, one-time links, passwords in addresses and what a query was bound to', () => {
  const text = logged((log) => {
    log.info(
      {
        request: {
          headers: { cookie: 'carillon.session_token=canary1.signature', 'set-cookie': ['a=canary2'] },
        },
      },
      'x',
    )
    log.info('cookie: carillon.session_token=canary3.signature; path=/')
    log.info('http://localhost:3001/set-up?token=canary4 and /join?a=1&token=canary5')
    log.warn('cannot reach redis://default:canary6@cache.example')
    log.warn('sent Basic Y2FuYXJ5Nw==')
    log.error({ err: failedQuery('canary8', 'of\n"several" canary9\nlines') }, 'x')
  })
  expect(text).not.toMatch(/canary\d|Y2FuYXJ5Nw/)
  // What is needed to find the fault stays.
  for (const kept of ['Failed query: select 1', 'SQLITE_BUSY: busy', 'cache.example', '/set-up?token='])
    expect(text).toContain(kept)
})

test('a key can be told apart by its beginning, and ordinary words are left alone', () => {
  const text = logged((log) =>
    log.info(
      { prefix: KEY.slice(0, 12), name: 'car_rental', id: 7 },
      'The keys of a scar_tissue clinic: 12 bearer bonds.',
    ),
  )
  for (const kept of [KEY.slice(0, 12), 'car_rental', 'scar_tissue', 'bearer bonds'])
    expect(text).toContain(kept)
})

test('a line is one line of JSON, whatever a name contains', () => {
  const name = 'a\r\n{"level":"fatal"}\u001b[31m\u202e\u0000'
  const text = logged((log) => log.info({ name }, name))
  expect(text.trimEnd().split('\n')).toHaveLength(1)
  expect(text).not.toContain('\u001b')
  expect(JSON.parse(text)).toMatchObject({ level: 'info', name, msg: name })
})

test('what is below the level is not written', () => {
  expect(logged((log) => log.info('x'), { ...env, LOG_LEVEL: 'warn' })).toBe('')
})
