import { expect, test } from 'vitest'
import { ownPath } from './own-path.ts'

test.each(['/', '/w/my-workspace', '/w/my-workspace/executions?status=failed#step-7', '/join?token=a'])(
  '%s is a page of this server',
  (path) => {
    expect(ownPath(path)).toBe(path)
  },
)

test.each([
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/.//evil.example',
  '/x/..//evil.example',
  'https://evil.example',
  'javascript:alert(1)',
  '/\t/evil.example',
  '/\n\\evil.example',
  'evil.example',
  '',
  null,
  undefined,
  ['/w/a', '//evil.example'],
])('%j leads nowhere but home', (path) => {
  expect(ownPath(path)).toBe('/')
})
