import { expect, test } from 'vitest'
import { isRedirect, nextHop } from './redirects.ts'

const here = new URL('https://one.example/a')
const same = new URL('https://one.example/b')
const other = new URL('https://two.example/b')

const hop = (method: string, body?: string) => ({
  url: here,
  method,
  headers: new Headers({
    accept: 'text/plain',
    'user-agent': 'Carillon',
    authorization: 'Bearer s',
    cookie: 'a=b',
    'x-api-key': 's',
    'webhook-signature': 'v1,s',
    'proxy-authorization': 's',
    ...(body === undefined ? {} : { 'content-type': 'text/plain' }),
  }),
  body,
})

test.each([
  [301, 'POST', 'GET'],
  [302, 'POST', 'GET'],
  [303, 'POST', 'GET'],
  [307, 'POST', 'POST'],
  [308, 'POST', 'POST'],
  [301, 'PUT', 'PUT'],
  [302, 'PATCH', 'PATCH'],
  [303, 'PUT', 'GET'],
  [303, 'DELETE', 'GET'],
  [303, 'HEAD', 'HEAD'],
  [302, 'HEAD', 'HEAD'],
  [307, 'GET', 'GET'],
])('%i turns %s into %s', (status, method, expected) => {
  const body = ['POST', 'PUT', 'PATCH'].includes(method) ? 'text' : undefined
  const next = nextHop(hop(method, body), status, same)
  if (!next.ok) throw new Error(next.message)
  expect(next.hop.method).toBe(expected)
  const keepsBody = body !== undefined && expected === method
  expect(next.hop.body).toBe(keepsBody ? body : undefined)
  expect(next.hop.headers.has('content-type')).toBe(keepsBody)
  expect(next.hop.headers.get('authorization')).toBe('Bearer s')
})

test.each([
  ['another host', other],
  ['another scheme', new URL('http://one.example/b')],
  ['another port', new URL('https://one.example:8443/b')],
])('to %s no secret passes', (_, to) => {
  const next = nextHop(hop('GET'), 302, to)
  if (!next.ok) throw new Error(next.message)
  expect([...next.hop.headers.keys()]).toEqual(['accept', 'user-agent'])
})

test.each([
  [307, 'POST'],
  [308, 'POST'],
  [301, 'PUT'],
  [302, 'PATCH'],
])('%i does not carry the body of a %s to another origin', (status, method) => {
  expect(nextHop(hop(method, 'text'), status, other)).toEqual({
    ok: false,
    message: `https://one.example redirects a ${method} request to https://two.example; a body is not sent on to another origin. Use the final address.`,
  })
})

test('a POST that becomes a GET leaves its body behind, so it may go elsewhere', () => {
  expect(nextHop(hop('POST', 'text'), 303, other)).toMatchObject({
    ok: true,
    hop: { method: 'GET', body: undefined },
  })
})

test('only five statuses redirect', () => {
  expect([200, 300, 301, 302, 303, 304, 305, 307, 308, 404].filter(isRedirect)).toEqual([
    301, 302, 303, 307, 308,
  ])
})
