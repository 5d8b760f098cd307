import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeAddress, parseNetworks, refusal } from './addresses.ts'

const none = parseNetworks([])
const everything = parseNetworks(['0.0.0.0/0', '::/0'])

describe('public addresses pass', () => {
  test.each([
    '1.1.1.1',
    '93.184.216.34',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::8a',
    '::ffff:1.1.1.1',
    '64:ff9b::101:101',
  ])('%s', (address) => {
    expect(judgeAddress(address, none)).toEqual({ ok: true })
  })
})

describe('what is not the public internet is refused, and can be allowed', () => {
  test.each<[string, string]>([
    ['127.0.0.1', 'a loopback address'],
    ['127.255.255.254', 'a loopback address'],
    ['::1', 'a loopback address'],
    ['::ffff:127.0.0.1', 'a loopback address'],
    ['0:0:0:0:0:ffff:7f00:1', 'a loopback address'],
    ['64:ff9b::7f00:1', 'a loopback address'],
    ['64:ff9b::10.0.0.1', 'a private address'],
    ['64:ff9b:1::8.8.8.8', 'an address outside the public internet'],
    ['0.0.0.0', 'an address of this machine'],
    ['0.1.2.3', 'an address of this machine'],
    ['::', 'an address of this machine'],
    ['10.0.0.1', 'a private address'],
    ['172.16.0.1', 'a private address'],
    ['172.31.255.255', 'a private address'],
    ['192.168.1.1', 'a private address'],
    ['fc00::1', 'a private address'],
    ['fdff:ffff::1', 'a private address'],
    ['100.64.0.1', 'a carrier-grade NAT address'],
    ['100.127.255.255', 'a carrier-grade NAT address'],
    ['224.0.0.1', 'a multicast address'],
    ['239.255.255.250', 'a multicast address'],
    ['ff02::1', 'a multicast address'],
    ['255.255.255.255', 'the broadcast address'],
    ...[
      '192.0.0.1',
      '192.0.2.1',
      '198.51.100.1',
      '203.0.113.1',
      '198.18.0.1',
      '198.19.255.255',
      '240.0.0.1',
      '192.88.99.1',
      '::7f00:1',
      '::ffff:0:127.0.0.1',
      'fec0::1',
      '100::1',
      '2001:db8::1',
      '3fff::1',
      '2001::1',
      '2002:7f00:1::',
      '2001:10::1',
      '5f00::1',
      '4000::1',
    ].map((address): [string, string] => [address, 'an address outside the public internet']),
  ])('%s: %s', (address, what) => {
    expect(judgeAddress(address, none)).toEqual({ ok: false, what, remedy: 'allow' })
    expect(judgeAddress(address, everything)).toEqual({ ok: true })
  })
})

describe('metadata and link-local addresses are refused whatever is allowed', () => {
  test.each([
    '169.254.169.254',
    '169.254.170.2',
    '169.254.0.1',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fd20:ce::254',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::a9fe:a9fe',
    '::a9fe:a9fe',
    '::ffff:0:a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '::ffff:168.63.129.16',
  ])('%s', (address) => {
    for (const allowed of [none, everything, parseNetworks(['169.254.169.254', 'fe80::/10', 'fd00::/8'])]) {
      expect(judgeAddress(address, allowed)).toEqual({
        ok: false,
        what: 'a link-local or cloud metadata address',
        remedy: 'none',
      })
    }
  })
})

test.each(['', 'localhost', '127.1', '0x7f000001', '2130706433', '[::1]', '1.2.3.4/32', '0177.0.0.1'])(
  'what is no address is refused: %j',
  (text) => {
    expect(judgeAddress(text, everything)).toMatchObject({ ok: false, remedy: 'none' })
  },
)

test('an allowed network opens itself and nothing beside it', () => {
  const allowed = parseNetworks(['10.1.0.0/16', '192.168.1.5', 'fd12::/16'])
  const passes = (address: string) => judgeAddress(address, allowed).ok
  expect(['10.1.2.3', '::ffff:10.1.2.3', '192.168.1.5', 'fd12::9'].map(passes)).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect(['10.2.0.1', '192.168.1.6', 'fd13::9', '64:ff9b::10.1.2.3', '127.0.0.1'].map(passes)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
})

test.each([
  '',
  'localhost',
  '10.0.0.0/33',
  'fd00::/129',
  '10.0.0.0/',
  '10.0.0.0/8/8',
  '10.0.0.0/-1',
  '010.0.0.0/8',
  '10.1/16',
  '::ffff:10.0.0.0/104',
  '127.0.0.1:80',
])('an allowed network that cannot be read is named: %j', (entry) => {
  expect(() => parseNetworks(['10.0.0.0/8', entry])).toThrow(`"${entry}"`)
  expect(() => parseNetworks(['10.0.0.0/8', entry])).toThrow('ALLOWED_PRIVATE_NETWORKS')
})

test('a refusal names the host, the address and the remedy', () => {
  expect(refusal('db.example', '10.0.0.5', none)).toBe(
    'Refused to connect to "db.example" at 10.0.0.5: that is a private address. If it is meant to be reached, an administrator can add 10.0.0.5 to ALLOWED_PRIVATE_NETWORKS.',
  )
  expect(refusal('169.254.169.254', '169.254.169.254', none)).toBe(
    'Refused to connect to "169.254.169.254": that is a link-local or cloud metadata address. It is never connected to, whatever ALLOWED_PRIVATE_NETWORKS says.',
  )
  expect(refusal('example.com', '93.184.216.34', none)).toBeNull()
})

test('an IPv4 address is judged alike in plain, mapped and NAT64 form', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const verdict = judgeAddress(address, none)
      expect(judgeAddress(`::ffff:${address}`, none)).toEqual(verdict)
      expect(judgeAddress(`64:ff9b::${address}`, none)).toEqual(verdict)
    }),
  )
})
