import { afterEach, expect, test, vi } from 'vitest'
import { addressOf, call } from './call.ts'
import { fieldErrors, Problem } from './problem.ts'

afterEach(() => vi.unstubAllGlobals())

/** A server that answers once, and the request that it got. */
function answering(status: number, text: string) {
  const fetched = vi.fn((_address: string, _init: RequestInit) =>
    Promise.resolve(new Response(text, { status })),
  )
  vi.stubGlobal('fetch', fetched)
  return fetched
}
const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error('It was not refused.')
    },
    (error: Problem) => error,
  )

test('an address is filled in and encoded, and a query leaves out what is not said', () => {
  expect(
    addressOf(
      '/workspace/{slug}/executions/{id}',
      { slug: 'a/../b', id: 7 },
      { q: 'x & y', cursor: undefined, status: '' },
    ),
  ).toBe('/api/workspace/a%2F..%2Fb/executions/7?q=x+%26+y')
})

test('a call goes where the contract says, with its body and its key', async () => {
  const fetched = answering(202, '{"execution":{"id":3}}')
  const { execution } = await call('runTrigger', {
    params: { slug: 'ops', id: 7 },
    body: {},
    idempotencyKey: 'k1',
  })
  const [address, init] = fetched.mock.calls[0] ?? []
  expect([address, init?.method, init?.body, new Headers(init?.headers).get('idempotency-key')]).toEqual([
    '/api/workspace/ops/triggers/7/run',
    'POST',
    '{}',
    'k1',
  ])
  expect(execution.id).toBe(3)
})

test('a problem document becomes a problem, whose complaints stand by their fields', async () => {
  answering(
    422,
    JSON.stringify({
      type: 'about:blank',
      title: 'Not acceptable as it is',
      status: 422,
      detail: 'name: must not be empty',
      errors: [
        { path: 'name', message: 'must not be empty' },
        { path: 'name', message: 'second' },
      ],
    }),
  )
  const problem = await refused(call('me'))
  expect([problem.title, problem.status, problem.detail]).toEqual([
    'Not acceptable as it is',
    422,
    'name: must not be empty',
  ])
  expect(fieldErrors(problem)).toEqual({ name: 'Must not be empty.' })
})

test('an answer from something in between is a problem too', async () => {
  answering(502, '<html>Bad gateway</html>')
  expect(await refused(call('me'))).toMatchObject({ status: 502, title: 'Unexpected answer' })
})

test('no answer at all is a problem without a status', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
  expect(await refused(call('me'))).toMatchObject({ status: 0, title: 'No connection' })
})

test('what is called off is no problem', async () => {
  const controller = new AbortController()
  vi.stubGlobal('fetch', () => Promise.reject(controller.signal.reason))
  controller.abort()
  expect(await refused(call('me', { signal: controller.signal }))).not.toBeInstanceOf(Problem)
})
