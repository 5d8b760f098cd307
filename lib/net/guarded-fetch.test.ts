import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { handClock } from '#lib/clock.ts'
import { createGuardedFetch, type GuardedFetchOptions, OutboundRefused } from './guarded-fetch.ts'

const leftovers: (() => unknown)[] = []
afterEach(async () => {
  for (const end of leftovers.splice(0)) await end()
})

/** A server on loopback that remembers what it was asked. */
async function serving(answer: RequestListener) {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  leftovers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { asked, server, port, origin: `http://127.0.0.1:${port}` }
}

function fetching(options: Partial<GuardedFetchOptions> = {}) {
  const guardedFetch = createGuardedFetch({ allowedPrivateNetworks: ['127.0.0.1/32'], ...options })
  leftovers.push(() => guardedFetch.close())
  return guardedFetch
}

/** Names that are looked up without a network; each call takes the next answer, the last one stays. */
function names(answers: Record<string, string[][]>) {
  const calls: string[] = []
  const lookup = async (hostname: string) => {
    calls.push(hostname)
    const left = answers[hostname] ?? [[]]
    return ((left.length > 1 ? left.shift() : left[0]) ?? []).map((address) => ({ address }))
  }
  return { lookup, calls }
}

const bodyOf = async (request: IncomingMessage) => Buffer.concat(await request.toArray()).toString()
/** Location goes out as raw UTF-8, as from a server that does not escape. */
const redirectTo =
  (location: string, status = 302): RequestListener =>
  (_, response) =>
    response.writeHead(status, { location: Buffer.from(location).toString('latin1') }).end('moved')

test('whoever asks may judge each address on the way, or take a redirect as the answer', async () => {
  const { origin, port, asked } = await serving(redirectTo('/next'))
  const judge = (url: URL) => (url.pathname === '/next' ? 'Not there.' : null)
  await expect(fetching()(`${origin}/first`, { judge })).rejects.toThrow(new OutboundRefused('Not there.'))
  await expect(fetching()(`${origin}/next`, { judge })).rejects.toThrow('Not there.')
  expect(asked.map((it) => it.url)).toEqual(['/first'])
  const answer = await fetching()(`http://127.0.0.1:${port}/first`, { follow: false })
  expect(answer).toMatchObject({ status: 302, redirects: [] })
  expect(answer.headers.get('location')).toBe('/next')
})

test('an allowed address is asked and its answer returned', async () => {
  const { origin } = await serving(async (request, response) => {
    response
      .writeHead(201, {
        'x-method': request.method,
        'x-key': request.headers['x-key'],
        'user-agent': request.headers['user-agent'],
      })
      .end(`got ${await bodyOf(request)}`)
  })
  const answer = await fetching()(`${origin}/in`, {
    method: 'post',
    headers: { 'X-Key': 'k' },
    body: 'hällo',
  })
  expect(answer).toMatchObject({ status: 201, url: `${origin}/in`, redirects: [], truncated: false })
  expect(answer.text()).toBe('got hällo')
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'x-method': 'POST',
    'x-key': 'k',
    'user-agent': 'Carillon',
  })
})

test.each([
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '[::ffff:127.0.0.1]',
  '0',
  'localhost',
  'good@127.0.0.1',
  '127。0。0。1',
])('http://%s is refused before anything is sent', async (host) => {
  const { asked, server, port } = await serving((_, response) => response.end())
  let connections = 0
  server.on('connection', () => connections++)
  await expect(fetching({ allowedPrivateNetworks: [] })(`http://${host}:${port}/`)).rejects.toBeInstanceOf(
    OutboundRefused,
  )
  expect([connections, asked.length]).toEqual([0, 0])
})

test("the machine's own lookup is used by default", async () => {
  const { port } = await serving((_, response) => response.end('here'))
  const answer = await fetching({ allowedPrivateNetworks: ['127.0.0.0/8', '::1'] })(
    `http://localhost:${port}/`,
  )
  expect(answer.text()).toBe('here')
})

test('a name that leads inside is refused with its address and the remedy', async () => {
  const { lookup } = names({ 'db.example': [['10.0.0.5']] })
  await expect(fetching({ lookup })('https://db.example/')).rejects.toThrow(
    'Refused to connect to "db.example" at 10.0.0.5: that is a private address. If it is meant to be reached, an administrator can add 10.0.0.5 to ALLOWED_PRIVATE_NETWORKS.',
  )
})

test.each([
  ['93.184.216.34', '127.0.0.2'],
  ['127.0.0.1', '169.254.169.254'],
  ['127.0.0.1', '::ffff:10.0.0.1'],
  ['127.0.0.1', 'fe80::1%eth0'],
])('one bad answer among good ones refuses the name: %s, %s', async (...answers) => {
  const { lookup } = names({ 'mixed.example': [answers] })
  await expect(fetching({ lookup })('http://mixed.example/')).rejects.toBeInstanceOf(OutboundRefused)
})

test('rebinding: a connection asks once and goes to the answer that was judged; the next connection judges anew', async () => {
  const { asked, port } = await serving((_, response) => response.end('mine'))
  const { lookup, calls } = names({ 'rebind.example': [['127.0.0.1'], ['127.0.0.2']] })
  expect((await fetching({ lookup })(`http://rebind.example:${port}/`)).text()).toBe('mine')
  expect(calls).toEqual(['rebind.example'])
  expect(asked[0]?.headers.host).toBe(`rebind.example:${port}`)

  await expect(fetching({ lookup })(`http://rebind.example:${port}/`)).rejects.toThrow(
    'Refused to connect to "rebind.example" at 127.0.0.2',
  )
  expect(asked).toHaveLength(1)
})

test.each([
  'http://169.254.169.254/latest/meta-data/',
  'http://metadata.google.internal/',
  'http://[::1]/',
  'http://a:b@127.0.0.1/',
  'file:///etc/passwd',
  '//127。0。0。1/',
])('a redirect to %s is refused', async (location) => {
  const { origin } = await serving(redirectTo(location))
  await expect(fetching()(origin)).rejects.toThrow(`${origin} redirects to a refused address. `)
})

test('a redirect to a name that leads inside is refused', async () => {
  const { origin } = await serving(redirectTo('http://inside.example/'))
  const { lookup } = names({ 'inside.example': [['192.168.0.1']] })
  await expect(fetching({ lookup })(origin)).rejects.toThrow('"inside.example" at 192.168.0.1')
})

test('redirects are followed within an origin with everything the caller sent', async () => {
  const { origin, asked } = await serving(async (request, response) => {
    if (request.url === '/a') response.writeHead(307, { location: 'b?c=1' }).end()
    else response.end(`${request.method} ${request.headers.authorization} ${await bodyOf(request)}`)
  })
  const answer = await fetching()(`${origin}/a`, {
    method: 'POST',
    headers: { authorization: 'Bearer s' },
    body: 'text',
  })
  expect(answer.text()).toBe('POST Bearer s text')
  expect(answer).toMatchObject({ url: `${origin}/b?c=1`, redirects: [`${origin}/b?c=1`] })
  expect(asked).toHaveLength(2)
})

test('another origin gets neither secrets nor a body, and neither does the first one when it is returned to', async () => {
  const first = await serving((request, response) => {
    if (request.url === '/back') response.end('back')
    else redirectTo(`${second.origin}/x`, 303)(request, response)
  })
  const second = await serving((request, response) => redirectTo(`${first.origin}/back`)(request, response))
  const secrets = {
    authorization: 'Bearer s',
    cookie: 'a=b',
    'x-api-key': 's',
    'webhook-signature': 's',
    'content-type': 'text/plain',
  }
  const answer = await fetching()(first.origin, {
    method: 'POST',
    headers: { ...secrets, accept: 'text/plain' },
    body: 'private',
  })
  expect(answer.text()).toBe('back')
  for (const request of [second.asked[0], first.asked[1]]) {
    expect(request?.method).toBe('GET')
    expect(request?.headers.accept).toBe('text/plain')
    expect(
      Object.keys(request?.headers ?? {}).filter((name) => name in secrets || name === 'content-length'),
    ).toEqual([])
  }
})

test('307 with a body to another origin is refused, and the other origin is not asked', async () => {
  const second = await serving((_, response) => response.end())
  const first = await serving(redirectTo(second.origin, 307))
  await expect(fetching()(first.origin, { method: 'POST', body: 'private' })).rejects.toThrow(
    'a body is not sent on to another origin',
  )
  expect(second.asked).toHaveLength(0)
})

test('of 50 redirects, five are followed', async () => {
  const { origin, asked } = await serving((request, response) => {
    const n = Number(request.url?.slice(1))
    if (n < 50) redirectTo(`/${n + 1}`)(request, response)
    else response.end('the end')
  })
  await expect(fetching()(`${origin}/0`)).rejects.toThrow(
    `${origin} redirects once more after 5 redirects. Use the final address.`,
  )
  expect(asked).toHaveLength(6)
  expect((await fetching()(`${origin}/45`)).text()).toBe('the end')
})

test('a redirect to a path with unescaped letters is followed', async () => {
  const { origin, asked } = await serving((request, response) =>
    request.url === '/' ? redirectTo('/日本')(request, response) : response.end(),
  )
  await fetching()(origin)
  expect(asked[1]?.url).toBe('/%E6%97%A5%E6%9C%AC')
})

test('a redirect without a Location is an answer', async () => {
  const { origin } = await serving((_, response) => response.writeHead(302).end('nowhere'))
  expect(await fetching()(origin)).toMatchObject({ status: 302, redirects: [] })
})

test.each([
  [9, 'ééé€', false],
  [8, 'ééé', true],
  [6, 'ééé', true],
  [1, '', true],
])('at %i bytes a body of nine reads %j', async (maxBytes, text, truncated) => {
  const { origin } = await serving((_, response) => response.end('ééé€'))
  const answer = await fetching()(origin, { maxBytes })
  expect(answer.text()).toBe(text)
  expect(answer.truncated).toBe(truncated)
  expect(answer.bytes.byteLength).toBe(maxBytes)
})

test('an endless body is cut at 64 KiB and its connection closed', async () => {
  const { origin, asked } = await serving((_, response) => {
    const more = () => {
      while (response.write(Buffer.alloc(16_384, 'x')));
    }
    response.on('drain', more)
    more()
  })
  const answer = await fetching()(origin)
  expect([answer.bytes.byteLength, answer.truncated]).toEqual([65_536, true])
  const socket = asked[0]?.socket
  // Not `once`: a connection that is cut ends in an error on the server's side, which is what is hoped for.
  await new Promise<void>((resolve) => (socket?.closed ? resolve() : socket?.on('close', () => resolve())))
  expect(socket?.destroyed).toBe(true)
})

test('the limit counts what a compressed body unfolds to', async () => {
  const { origin } = await serving((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(20_000_000))),
  )
  expect(await fetching()(origin, { maxBytes: 1000 })).toMatchObject({
    truncated: true,
    bytes: new Uint8Array(1000),
  })
})

test('the caller can call a request off', async () => {
  const reason = new Error('cancelled by Ada')
  const caller = new AbortController()
  const { origin } = await serving(() => caller.abort(reason))
  await expect(fetching()(origin, { signal: caller.signal })).rejects.toBe(reason)
  await expect(fetching()(origin, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})

test('a body that never ends meets the deadline', async () => {
  const clock = handClock('2026-03-01T08:00Z')
  const { origin, server, port } = await serving((_, response) => response.write('one'))
  const answer = fetching({ clock })(origin, { timeoutMs: 5000 })
  const refused = expect(answer).rejects.toThrow(`127.0.0.1:${port} did not answer completely within 5 s.`)
  await once(server, 'request')
  clock.advance(5000)
  await refused
})

test('a lookup that never answers meets the deadline', async () => {
  const clock = handClock('2026-03-01T08:00Z')
  const asked = Promise.withResolvers<void>()
  const lookup = () => {
    asked.resolve()
    return new Promise<never>(() => {})
  }
  const refused = expect(fetching({ clock, lookup })('http://slow.example/')).rejects.toMatchObject({
    name: 'TimeoutError',
  })
  await asked.promise
  clock.advance(30_000)
  await refused
})

test('a failure says which host and why, and is not a refusal', async () => {
  const { origin, server, port } = await serving((_, response) => response.end())
  server.close()
  await once(server, 'close')
  const failure = await fetching()(origin).catch((error: unknown) => error)
  expect(failure).not.toBeInstanceOf(OutboundRefused)
  expect(failure).toMatchObject({
    message: expect.stringMatching(
      new RegExp(`^The request to "127\\.0\\.0\\.1:${port}" failed: .*ECONNREFUSED`),
    ),
  })

  const { lookup } = names({})
  await expect(fetching({ lookup })('http://gone.example/')).rejects.toThrow(
    'The request to "gone.example" failed: no address is known for "gone.example".',
  )
})

test.each(['Host', 'connection', 'Content-Length', 'transfer-encoding', 'Upgrade', 'Proxy-Authorization'])(
  'the header %s cannot be set',
  async (name) => {
    await expect(fetching()('http://127.0.0.1/', { headers: { [name]: '169.254.169.254' } })).rejects.toThrow(
      `The header "${name}" belongs to the connection. Leave it out.`,
    )
  },
)

test('a header with a line break is refused without repeating its value', async () => {
  const refused = await fetching()('http://127.0.0.1/', {
    headers: { authorization: 'Bearer secret\r\nx: y' },
  }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(OutboundRefused)
  expect(String(refused)).not.toContain('secret')
})

test('after close nothing goes out', async () => {
  const { origin, asked } = await serving((_, response) => response.end())
  const guardedFetch = fetching()
  await guardedFetch.close()
  await expect(guardedFetch(origin)).rejects.toThrow('failed')
  expect(asked).toHaveLength(0)
})

test('a network that cannot be read stops the start', () => {
  expect(() => createGuardedFetch({ allowedPrivateNetworks: ['10.0.0.0/40'] })).toThrow(
    'ALLOWED_PRIVATE_NETWORKS',
  )
})
