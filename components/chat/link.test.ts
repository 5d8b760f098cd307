import { expect, test } from 'vitest'
import { safeLink } from './link.ts'

test('a link is shown with the host it leads to', () => {
  expect(safeLink('https://Example.COM/report?id=1')).toEqual({
    href: 'https://example.com/report?id=1',
    host: 'example.com',
  })
  expect(safeLink('http://xn--pple-43d.com')?.host).toBe('xn--pple-43d.com')
  expect(safeLink('mailto:ada@example.com')?.host).toBe('ada@example.com')
  expect(safeLink('message:%3C1%40example.com%3E')?.host).toBe('in your mail')
})

test.each([
  'javascript:alert(1)',
  ' JaVaScRiPt:alert(1)',
  'data:text/html,<script>',
  'vbscript:x',
  'file:///etc/passwd',
  'message:hello',
  'message:%3Ca%3E?x=%3E',
  '//evil.example',
  '/api/x',
  '/w/home/documents/1/../../../api/x',
  '/w/home/settings',
  'https://bank.example@evil.example/',
  '',
  undefined,
])('%j is no link', (href) => {
  expect(safeLink(href)).toBeNull()
})
