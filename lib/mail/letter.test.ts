import { expect, test } from 'vitest'
import { senderOf } from './letter.ts'

const said = (text: string) => new Map([['authentication-results', text]])

test.each([
  ['nothing is said', '', null, 'unverified'],
  ['DMARC passed, by whom nobody knows', 'mx.example.com; dmarc=pass header.from=a.com', null, 'asserted'],
  ['DMARC passed, by whom is trusted', 'mx.example.com; spf=fail; dmarc=pass', 'mx.example.com', 'verified'],
  ['a version stands behind the name', 'mx.example.com 1; dmarc=pass', 'mx.example.com', 'verified'],
  ['DMARC failed', 'mx.example.com; spf=pass; dkim=pass; dmarc=fail', 'mx.example.com', 'unverified'],
  ['only SPF passed', 'mx.example.com; spf=pass smtp.mailfrom=evil.com', 'mx.example.com', 'unverified'],
  ['it stands in a comment', 'mx.example.com (; dmarc=pass); dmarc=none', 'mx.example.com', 'unverified'],
  ['another server says so', 'mx.evil.com; dmarc=pass', 'mx.example.com', 'asserted'],
  ['no results', 'mx.example.com; none', 'mx.example.com', 'unverified'],
])('where %s, a sender is as sure as that', (_, text, trusted, level) => {
  expect(senderOf(said(text), trusted)).toBe(level)
})
