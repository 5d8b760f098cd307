import { expect, test } from 'vitest'
import { mayReach } from './grants.ts'

test.each<[string, string, number, boolean]>([
  ['api.example.com', 'api.example.com', 443, true],
  ['api.example.com', 'API.Example.com.', 80, true],
  ['api.example.com', 'example.com', 443, false],
  ['api.example.com', 'evil-api.example.com', 443, false],
  ['api.example.com', 'api.example.com.evil.test', 443, false],
  ['api.example.com:8443', 'api.example.com', 8443, true],
  ['api.example.com:8443', 'api.example.com', 443, false],
  ['*.example.com', 'a.b.example.com', 443, true],
  ['*.example.com', 'example.com', 443, false],
  ['*.example.com', 'notexample.com', 443, false],
  ['*.example.com:80', 'a.example.com', 443, false],
  ['*', 'anything.test', 1, true],
  ['*:443', 'anything.test', 443, true],
  ['*:443', 'anything.test', 80, false],
  ['', '', 443, false],
  ['127.0.0.1:80', '127.0.0.1', 80, true],
  ['::1', '::1', 80, true],
  ['[::1]:80', '[::1]', 80, true],
  ['[::1]:80', '::1', 81, false],
  ['https://api.example.com/v1', 'api.example.com', 443, true],
  ['https://api.example.com/v1', 'v1', 443, false],
])('"%s" lets "%s" at %i: %s', (entry, host, port, expected) => {
  expect(mayReach(host, port, [entry])).toBe(expected)
})
