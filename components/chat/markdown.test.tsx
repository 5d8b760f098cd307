import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import Markdown from './markdown.tsx'

const drawn = (text: string) => renderToStaticMarkup(<Markdown text={text} />)

test('raw HTML is text', () => {
  const html = drawn(
    '<script>alert(1)</script> <img src=x onerror=alert(1)> <b>b</b>\n\n<iframe src="https://evil.example"></iframe>\n\n<svg onload=alert(1)>',
  )
  expect(html).not.toMatch(/<(script|img|iframe|b|svg onload)[\s>]/)
  expect(html).toContain('&lt;script&gt;')
})

test('an image is not fetched: it is a link that says where it leads', () => {
  const html = drawn(
    '![chart](https://collector.example/?q=secret)\n\n![ref][1]\n\n[1]: https://two.example/p.png',
  )
  expect(html).not.toContain('<img')
  expect(html).toContain('href="https://collector.example/?q=secret"')
  expect(html).toContain('(collector.example)')
})

test('a link opens elsewhere, without a way back, and shows its host', () => {
  const html = drawn('[the bank](https://evil.example/login)')
  expect(html).toMatch(
    /<a href="https:\/\/evil\.example\/login" target="_blank" rel="noopener noreferrer nofollow"/,
  )
  expect(html).toContain('(evil.example)')
})

test.each([
  'javascript:alert(1)',
  'JaVaScript:alert(1)',
  'java&#10;script:alert(1)',
  'data:text/html;base64,PHNjcmlwdD4=',
  'vbscript:x',
  '//evil.example',
  '/api/me',
])('%s is no link', (href) => {
  const html = drawn(`[click](${href}) <${href}> ![x](${href})`)
  expect(html).not.toContain('<a ')
})

test('tables, tasks and code are drawn', () => {
  const html = drawn('| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done\n\n```js\nlet a = "<b>"\n```')
  expect(html).toMatch(/<table/)
  expect(html).toContain('aria-label="Done"')
  expect(html).toContain('&lt;b&gt;')
})
