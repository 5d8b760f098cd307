import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Workspace } from '#lib/contract/workspace.ts'
import { sendLeft } from './messages.ts'
import { keepUnsent, unsentOf } from './unsent.ts'

const workspaces = ['demo', 'other'].map((slug) => ({ slug })) as Workspace[]
const ada = { id: 'ada', workspaces }
const left = (slug: string, clientId: string, userId = 'ada') =>
  keepUnsent({ slug, userId, clientId, text: 'Written in the train' })

/** The server, each of whose answers is given by hand. */
let asked: { address: string; clientId: string; answer: ReturnType<typeof Promise.withResolvers<Response>> }[]
const taken = () => Response.json({ message: { id: 1, threadId: null } }, { status: 201 })

beforeEach(() => {
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  })
  asked = []
  vi.stubGlobal('fetch', (address: string, { body }: { body: string }) => {
    const answer = Promise.withResolvers<Response>()
    asked.push({ address, clientId: JSON.parse(body).clientId, answer })
    return answer.promise
  })
})
afterEach(() => vi.unstubAllGlobals())

const until = (isSo: () => boolean) => vi.waitUntil(isSo, { timeout: 60_000 })
const isIdle = (client: QueryClient) => until(() => client.isMutating() === 0)

test('what was left in any of the chats is sent, each line once', async () => {
  const client = new QueryClient()
  left('demo', '1')
  left('other', '2')
  left('other', '3', 'ben')
  left('gone', '4')
  sendLeft(client, ada)
  sendLeft(client, ada)
  await until(() => asked.length > 0)
  expect(asked.map((it) => [it.address, it.clientId])).toEqual([
    ['/api/workspace/demo/messages', '1'],
    ['/api/workspace/other/messages', '2'],
  ])
  for (const it of asked) it.answer.resolve(taken())
  await isIdle(client)
  expect([...unsentOf('demo', 'ada'), ...unsentOf('other', 'ada')]).toEqual([])
  sendLeft(client, ada)
  expect(asked).toHaveLength(2)
})

test('what got no answer is sent again when the server is back; what was refused waits for its author', async () => {
  const client = new QueryClient()
  left('demo', '1')
  left('other', '2')
  sendLeft(client, ada)
  await until(() => asked.length === 2)
  asked[0]?.answer.reject(new TypeError('No network.'))
  asked[1]?.answer.resolve(Response.json({ status: 403, detail: 'Viewers read.' }, { status: 403 }))
  await isIdle(client)
  sendLeft(client, ada)
  await until(() => asked.length === 3)
  asked[2]?.answer.resolve(taken())
  await isIdle(client)
  expect(asked.map((it) => it.clientId)).toEqual(['1', '2', '1'])
  expect(unsentOf('demo', 'ada')).toEqual([])
  expect(unsentOf('other', 'ada')).toHaveLength(1)
})
