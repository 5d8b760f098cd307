import { expect, test } from 'vitest'
import { isOwnOrigin, requireOwnHost, requireOwnOrigin } from './same-site.ts'

const env = { HOST: '127.0.0.1', BASE_URL: 'https://bells.example' }
const passes = (act: () => void) => {
  try {
    act()
    return true
  } catch {
    return false
  }
}

test.each([
  ['localhost:3001', true],
  ['127.0.0.1:3001', true],
  ['[::1]:3001', true],
  ['bells.example', true],
  ['BELLS.example:443', true],
  ['evil.example', false],
  ['localhost.evil.example', false],
  ['169.254.169.254', false],
  ['', false],
  ['localhost@evil.example', false],
  ['localhost/x', false],
])('a request for the host "%s" passes: %s', (host, expected) => {
  expect(passes(() => requireOwnHost(new Headers({ host }), env))).toBe(expected)
})

test('without a proxy the address that the server listens on is its host', () => {
  expect(
    passes(() =>
      requireOwnHost(new Headers({ host: '192.0.2.7:3001' }), { HOST: '192.0.2.7', BASE_URL: undefined }),
    ),
  ).toBe(true)
})

const change = (headers: Record<string, string>) =>
  passes(() => requireOwnOrigin(new Headers({ host: 'localhost:3001', ...headers }), env))

test.each([
  ['a page of this server', { origin: 'http://localhost:3001', cookie: 'a=b' }, true],
  ['a page under BASE_URL', { origin: 'https://bells.example', cookie: 'a=b' }, true],
  ['a program without a cookie', {}, true],
  ['another site', { origin: 'https://evil.example', cookie: 'a=b' }, false],
  ['another port of this machine', { origin: 'http://localhost:8080', cookie: 'a=b' }, false],
  ['a sandboxed frame', { origin: 'null', cookie: 'a=b' }, false],
  ['a cookie without an origin', { cookie: 'a=b' }, false],
  ['a cookie that the browser calls its own', { cookie: 'a=b', 'sec-fetch-site': 'same-origin' }, true],
  ['a cross-site form without a cookie', { 'sec-fetch-site': 'cross-site' }, false],
] as const)('a change sent by %s', (_who, headers, expected) => {
  expect(change(headers as Record<string, string>)).toBe(expected)
})

test('an origin is compared whole', () => {
  const headers = new Headers({ host: 'localhost:3001' })
  expect(
    ['http://localhost:3001.evil.example', 'file://localhost:3001', 'localhost:3001', ''].map((it) =>
      isOwnOrigin(it, headers, env),
    ),
  ).toEqual([false, false, false, false])
})
