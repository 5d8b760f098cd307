/** A bad value names itself and the remedy; a secret is not repeated. */
import { expect, test } from 'vitest'
import { readEnv } from './env.ts'

const complaint = (source: Record<string, string>) => {
  try {
    readEnv(source)
  } catch (error) {
    return (error as Error).message
  }
  return 'accepted'
}

test('without any variable the defaults hold, and an empty value counts as absent', () => {
  const defaults = readEnv({})
  expect(defaults).toMatchObject({
    PORT: 3001,
    HOST: '127.0.0.1',
    DATA_DIR: './storage',
    SCHEDULER_ENABLED: true,
    ROLE: 'all',
    LOG_LEVEL: 'info',
    ALLOWED_PRIVATE_NETWORKS: [],
    NODE_ENV: 'production',
  })
  expect(readEnv(Object.fromEntries(Object.keys(defaults).map((name) => [name, ''])))).toEqual(defaults)
  expect(readEnv({ PORT: undefined, UNKNOWN: 'x', PATH: '/bin' })).toEqual(defaults)
})

test('values are read as what they mean', () => {
  expect(
    readEnv({
      PORT: '0',
      SCHEDULER_ENABLED: '0',
      MAX_CONCURRENT_EXECUTIONS: '7',
      ALLOWED_PRIVATE_NETWORKS: ' 10.0.0.0/8, 192.168.1.5 ,',
      BASE_URL: 'https://bells.example',
      DATABASE_URL: 'postgresql://db/x',
      DATA_DIR: '/srv/documents-of-carillon',
      DOCUMENT_FOLDERS: '/srv/documents, /mnt/share',
    }),
  ).toMatchObject({
    PORT: 0,
    SCHEDULER_ENABLED: false,
    MAX_CONCURRENT_EXECUTIONS: 7,
    ALLOWED_PRIVATE_NETWORKS: ['10.0.0.0/8', '192.168.1.5'],
    BASE_URL: 'https://bells.example',
    DOCUMENT_FOLDERS: ['/srv/documents', '/mnt/share'],
  })
})

test.each([
  [
    { DOCUMENT_FOLDERS: '/srv/documents,/srv', DATA_DIR: '/srv/carillon' },
    'DOCUMENT_FOLDERS must not hold DATA_DIR: agents could read the database and its secrets. Name folders beside it (it is "/srv/documents,/srv").',
  ],
  [
    { DOCUMENT_FOLDERS: '/srv/a,documents' },
    'DOCUMENT_FOLDERS expects folders in full, from the root, such as /srv/documents,/mnt/share (it is "/srv/a,documents").',
  ],
  [{ PORT: '70000' }, 'PORT expects a whole number from 0 to 65535 (it is "70000").'],
  [{ PORT: 'http' }, 'PORT expects a whole number from 0 to 65535 (it is "http").'],
  [{ PORT: '-1' }, 'PORT expects a whole number from 0 to 65535 (it is "-1").'],
  [{ PORT: '1e3' }, 'PORT expects a whole number from 0 to 65535 (it is "1e3").'],
  [
    { MAX_CONCURRENT_EXECUTIONS: '0' },
    'MAX_CONCURRENT_EXECUTIONS expects a whole number from 1 to 10000 (it is "0").',
  ],
  [{ SCHEDULER_ENABLED: 'yes' }, 'SCHEDULER_ENABLED expects true or false (it is "yes").'],
  [{ ROLE: 'boss' }, 'ROLE expects all, web or worker (it is "boss").'],
  [
    { LOG_LEVEL: 'loud' },
    'LOG_LEVEL expects trace, debug, info, warn, error, fatal or silent (it is "loud").',
  ],
  [{ BASE_URL: 'bells.example' }, 'BASE_URL expects an http:// or https:// address (it is "bells.example").'],
  [
    { BASE_URL: 'javascript:alert(1)' },
    'BASE_URL expects an http:// or https:// address (it is "javascript:alert(1)").',
  ],
  [
    { ADMIN_EMAIL: 'ada', ADMIN_PASSWORD: 'long enough' },
    'ADMIN_EMAIL expects an e-mail address (it is "ada").',
  ],
  [
    { ADMIN_EMAIL: 'ada@example.com' },
    'ADMIN_PASSWORD is needed too: ADMIN_EMAIL and ADMIN_PASSWORD go together.',
  ],
  [
    { ADMIN_PASSWORD: 'long enough' },
    'ADMIN_EMAIL is needed too: ADMIN_EMAIL and ADMIN_PASSWORD go together.',
  ],
  [{ SMTP_URL: 'smtp://mail.example.com' }, 'SMTP_FROM is needed too: SMTP_URL and SMTP_FROM go together.'],
  [
    { SMTP_FROM: 'carillon', SMTP_URL: 'smtp://mail.example.com' },
    'SMTP_FROM expects an address such as carillon@example.com, or Carillon <carillon@example.com> (it is "carillon").',
  ],
])('%o: it is said what is wrong and what to write', (source, sentence) => {
  expect(complaint(source as Record<string, string>)).toBe(sentence)
})

test.each([
  'JWT_SECRET',
  'SIG_KEY',
  'SIG_SALT',
  'METRICS_TOKEN',
  'ADMIN_PASSWORD',
  'DATABASE_URL',
  'SMTP_URL',
])('%s is named, and its value not repeated', (name) => {
  const given = complaint({
    [name]: 'c4nary',
    ...(name === 'ADMIN_PASSWORD' && { ADMIN_EMAIL: 'ada@example.com' }),
    ...(name === 'SMTP_URL' && { SMTP_FROM: 'ada@example.com' }),
  })
  expect(given).toMatch(new RegExp(`^${name} expects `))
  expect(given).not.toContain('c4nary')
})

test('every bad value has its line', () => {
  expect(complaint({ PORT: 'x', ROLE: 'y', JWT_SECRET: 'z' }).split('\n')).toHaveLength(3)
})
