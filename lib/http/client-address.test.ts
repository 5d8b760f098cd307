import { expect, test } from 'vitest'
import { clientAddress, isLocal, parseProxies } from './client-address.ts'

const proxies = parseProxies(['10.0.0.0/8', '127.0.0.1', 'fd00::/8'])

test.each([
  ['203.0.113.5', undefined, '203.0.113.5'],
  ['::ffff:203.0.113.5', undefined, '203.0.113.5'],
  ['203.0.113.5', '198.51.100.1', 'via 203.0.113.5'],
  ['10.1.1.1', '198.51.100.1', '198.51.100.1'],
  ['10.1.1.1', '1.1.1.1, 198.51.100.1', '198.51.100.1'],
  ['10.1.1.1', '198.51.100.1, 10.2.2.2', '198.51.100.1'],
  ['fd00::1', '2001:db8::7', '2001:db8::7'],
  ['127.0.0.1', undefined, '127.0.0.1'],
])('peer %s that forwards for %s is %s', (peer, forwardedFor, address) => {
  expect(clientAddress(peer, forwardedFor, proxies)).toBe(address)
})

test('a proxy that is not a network is refused by name', () => {
  expect(() => parseProxies(['10.0.0.0/99'])).toThrow('"10.0.0.0/99"')
  expect(() => parseProxies(['proxy.example'])).toThrow('"proxy.example"')
})

test('only somebody on this machine who came directly is local', () => {
  const local = (stamp?: string) =>
    isLocal(new Headers(stamp === undefined ? {} : { 'x-carillon-client': stamp }))
  expect([local('127.0.0.1'), local('::1'), local('via 127.0.0.1'), local('203.0.113.5'), local()]).toEqual([
    true,
    true,
    false,
    false,
    false,
  ])
})
