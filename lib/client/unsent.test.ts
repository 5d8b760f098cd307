import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { forgetAllUnsent, forgetUnsent, keepUnsent, unsentOf } from './unsent.ts'

const text = (clientId: string, userId = 'ada', slug = 'demo') => ({ slug, userId, clientId, text: 'Hello' })

beforeEach(() => {
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  })
})
afterEach(() => vi.unstubAllGlobals())

test('what was not sent is there again for whoever wrote it, in its workspace, until it is sent', () => {
  for (const it of [text('1'), text('2', 'ben'), text('3', 'ada', 'other'), text('1')]) keepUnsent(it)
  expect(unsentOf('demo', 'ada')).toEqual([text('1')])
  forgetUnsent('1')
  expect(unsentOf('demo', 'ada')).toEqual([])
  expect(unsentOf('demo', 'ben')).toHaveLength(1)
  forgetAllUnsent()
  expect(unsentOf('demo', 'ben')).toEqual([])
})

test('a browser that keeps nothing, or something odd, is no fault', () => {
  localStorage.setItem('carillon unsent', '{"not": "a list"}')
  expect(unsentOf('demo', 'ada')).toEqual([])
  vi.stubGlobal('localStorage', undefined)
  keepUnsent(text('1'))
  expect(unsentOf('demo', 'ada')).toEqual([])
})
