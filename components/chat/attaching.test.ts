import { expect, test } from 'vitest'
import { linkTo, withLinks } from './attaching.ts'
import { safeLink } from './link.ts'

test('a document is a link that may be followed, whatever it is called', () => {
  expect(linkTo('home', { id: 7, name: 'Plan [new]_1.pdf' })).toBe(
    '[Plan \\[new\\]\\_1.pdf](/w/home/documents/7)',
  )
  expect(safeLink('/w/home/documents/7')).toEqual({ href: '/w/home/documents/7', host: 'document' })
})

test('links stand behind what is written', () => {
  expect(withLinks('', ['[a](b)'])).toBe('[a](b)')
  expect(withLinks('See this: ', ['[a](b)', '[c](d)'])).toBe('See this: [a](b) [c](d)')
  expect(withLinks('See', [])).toBe('See')
})
