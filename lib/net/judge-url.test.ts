import { describe, expect, test } from 'vitest'
import { judgeUrl, type OutboundPolicy } from './judge-url.ts'

const strict: OutboundPolicy = { allowedPrivateNetworks: [] }
const open: OutboundPolicy = { allowedPrivateNetworks: ['0.0.0.0/0', '::/0'] }
const messageOf = (url: string, policy = strict) => {
  const verdict = judgeUrl(url, policy)
  return verdict.ok ? null : verdict.message
}

test.each([
  ['https://example.com/a?b=c#d', 'https://example.com/a?b=c#d'],
  ['  http://example.com  ', 'http://example.com/'],
  ['http://93.184.216.34:8080/', 'http://93.184.216.34:8080/'],
  ['http://[2606:4700::1111]/', 'http://[2606:4700::1111]/'],
  ['https://müller.example/', 'https://xn--mller-kva.example/'],
  ['https://MÜLLER.example:8443/', 'https://xn--mller-kva.example:8443/'],
  [
    'https://ja.example/モーニング娘。',
    'https://ja.example/%E3%83%A2%E3%83%BC%E3%83%8B%E3%83%B3%E3%82%B0%E5%A8%98%E3%80%82',
  ],
  ['https://example.com/a@b', 'https://example.com/a@b'],
])('passes: %s', (given, href) => {
  expect(judgeUrl(given, strict)).toEqual({ ok: true, url: new URL(href) })
})

describe('this machine is refused in every spelling', () => {
  test.each([
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '0177.0x0.1',
    '017700000001',
    '127.0.0.1.',
    '%31%32%37.0.0.1',
    '0',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[0:0:0:0:0:ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b::127.0.0.1]',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    '[fc00::1]',
    '10.0.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '192.0.2.1',
  ])('http://%s/', (host) => {
    expect(messageOf(`http://${host}/`)).toMatch(/^Refused to connect to .*ALLOWED_PRIVATE_NETWORKS\.$/)
    expect(messageOf(`https://${host}:8443/path`)).toMatch(/^Refused to connect to /)
    expect(messageOf(`http://${host}/`, open)).toBeNull()
  })
})

describe('metadata services are refused even when private networks are allowed', () => {
  test.each([
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '[::ffff:169.254.169.254]',
    '[64:ff9b::a9fe:a9fe]',
    '168.63.129.16',
    '[fd00:ec2::254]',
    '[fe80::1]',
    'metadata.google.internal',
    'METADATA.google.internal',
    'metadata.google.internal.',
    'metadata.goog',
  ])('http://%s/', (host) => {
    expect(messageOf(`http://${host}/latest/`, open)).toMatch(/never connected to/)
  })
})

test.each([
  ['http://good@127.0.0.1/', 'user name or password'],
  ['http://user:secret@example.com/', 'user name or password before "example.com"'],
  ['http://:secret@example.com/', 'user name or password'],
  ['http://127.0.0.1\\@good/', 'backslash'],
  ['http://example.com\\.evil.example/', 'backslash'],
  ['http://exam\nple.com/', 'control character'],
  ['http://exam\tple.com/', 'control character'],
  ['http://example.com/\0', 'control character'],
  ['http://127。0。0。1/', 'Write it as "127.0.0.1"'],
  ['http://１２７.0.0.1/', 'Write it as "127.0.0.1"'],
  ['http:１２７.0.0.1/', 'Write it as "127.0.0.1"'],
  ['http://example．com/', 'Write it as "example.com"'],
  ['http://müller。example/', 'Write it as "xn--mller-kva.example"'],
  ['http://exa\u00ADmple.com/', 'Write it as "example.com"'],
  ['http://①②⑦.0.0.1/', 'Write it as "127.0.0.1"'],
  ['file:///etc/passwd', 'not "file:"'],
  ['ftp://example.com/', 'not "ftp:"'],
  ['data:text/plain,x', 'not "data:"'],
  ['gopher://example.com/', 'not "gopher:"'],
  ['javascript:alert(1)', 'not "javascript:"'],
  ['example.com/path', 'is not a URL'],
  ['//example.com', 'is not a URL'],
  ['', 'is not a URL'],
  ['http://', 'is not a URL'],
  ['http://256.256.256.256/', 'is not a URL'],
  ['http://[fe80::1%25eth0]/', 'is not a URL'],
  ['http://example.com:99999/', 'is not a URL'],
])('refused in words: %j', (url, words) => {
  expect(messageOf(url, open)).toContain(words)
})

test('the password in a refused URL is not repeated', () => {
  expect(messageOf('https://ada:hunter2@example.com/')).not.toContain('hunter2')
})

test('a redirect is judged where it leads to, relative ones too', () => {
  const base = new URL('https://example.com/a/b')
  expect(judgeUrl('../c', strict, base)).toEqual({ ok: true, url: new URL('https://example.com/c') })
  expect(judgeUrl('//other.example/d', strict, base)).toEqual({
    ok: true,
    url: new URL('https://other.example/d'),
  })
  expect(judgeUrl('//127.1/', strict, base).ok).toBe(false)
  expect(judgeUrl('//127。0。0。1/', open, base).ok).toBe(false)
  expect(judgeUrl('/日本。html', strict, base).ok).toBe(true)
})

test('localhost may be saved when one of its addresses is allowed', () => {
  expect(messageOf('http://localhost:11434/', { allowedPrivateNetworks: ['127.0.0.1'] })).toBeNull()
  expect(messageOf('http://localhost:11434/', { allowedPrivateNetworks: ['10.0.0.0/8'] })).toContain(
    '127.0.0.1',
  )
})
