/** Drafts in the browser: whose they are, what is never kept, and what cannot be read. */
import { expect, test } from 'vitest'
import { contextDraft } from '../context/draft.ts'
import { baseOf, resumed } from './base.ts'
import { type Draft, emptyDraft } from './draft.ts'
import { editorFacts } from './facts.ts'
import { asksSecrets, keep, kept, letGo } from './kept-draft.ts'

function shelf(items: Record<string, string> = {}) {
  return {
    items,
    getItem: (key: string) => items[key] ?? null,
    setItem: (key: string, value: string) => void Object.assign(items, { [key]: value }),
    removeItem: (key: string) => void Reflect.deleteProperty(items, key),
  }
}
const place = { person: 'ada', slug: 'demo', id: null }
const facts = editorFacts()
const draft: Draft = {
  ...emptyDraft('UTC', facts),
  name: 'Report',
  agentId: 'open',
  contexts: { open: contextDraft({ text: 'hi' }), closed: contextDraft({ password: 'hunter2' }) },
  webhook: { ...emptyDraft('UTC', facts).webhook },
}
const editing = { draft, opened: baseOf(emptyDraft('UTC', facts)) }
const isOpen = (id: string) => id === 'open'

test('what was typed comes back, to whoever typed it, and nothing of what is confidential', () => {
  const it = shelf()
  keep(it, place, editing, isOpen, 1000)
  expect(Object.values(it.items).join()).not.toContain('hunter2')
  expect(kept(it, place, 2000)).toMatchObject({
    at: 1000,
    draft: { name: 'Report', agentId: 'open', contexts: { open: { value: { text: 'hi' } } } },
  })
  expect(kept(it, { ...place, person: 'ben' }, 2000)).toBeNull()
  expect(kept(it, { ...place, id: 7 }, 2000)).toBeNull()
  letGo(it, place)
  expect(kept(it, place, 2000)).toBeNull()
})

test('a change comes back with what it was begun on, and is gone on with from there', () => {
  const it = shelf()
  const opened = { draft: { ...draft, name: 'Old' }, revision: 1, standing: null }
  keep(it, { ...place, id: 7 }, { draft: { ...opened.draft, name: 'Mine' }, opened }, isOpen, 0)
  expect(Object.values(it.items).join()).not.toContain('hunter2')
  const found = kept(it, { ...place, id: 7 }, 1)
  const theirs = {
    ...opened.draft,
    cronExpression: '0 7 * * *',
    webhook: { ...draft.webhook, method: 'PUT' },
  }
  const on = found && resumed({ draft: theirs as Draft, revision: 2, standing: null }, found)
  expect(on?.opened).toMatchObject({ revision: 1, draft: { name: 'Old', cronExpression: '0 9 * * 1-5' } })
  expect(on?.draft).toEqual({ ...on?.opened.draft, name: 'Mine' })
  expect(on?.draft).toMatchObject({ webhook: { method: 'PUT' }, contexts: { closed: draft.contexts.closed } })
})

test('what is old, broken or of another version is as if it were not there', () => {
  const it = shelf()
  keep(it, place, editing, isOpen, 0)
  expect(kept(it, place, 40 * 86_400_000)).toBeNull()
  for (const text of ['{', 'null', '{"version":9,"at":0,"draft":{}}', '{"version":1,"at":0,"draft":{}}'])
    expect(kept(shelf({ 'draft ada demo new': text }), place, 1)).toBeNull()
  const noBase = JSON.stringify({ ...JSON.parse(it.items['draft ada demo new'] ?? ''), at: 1 })
  expect(kept(shelf({ 'draft ada demo 7': noBase }), { ...place, id: 7 }, 1)).toBeNull()
  const full = {
    ...shelf(),
    setItem: () => {
      throw new Error('full')
    },
  }
  expect(() => keep(full, place, editing, isOpen, 0)).not.toThrow()
})

test('an agent that takes a secret is known by its schema', () => {
  expect(asksSecrets({ properties: { a: { type: 'string', writeOnly: true } } })).toBe(true)
  expect(asksSecrets({ properties: { a: { type: 'string' } } })).toBe(false)
})
