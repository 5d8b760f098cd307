/**
 * A push service on loopback with browsers behind it: each reads what is sent to it as RFC 8291 has it, and the service
 * checks by whom it is sent as RFC 8292 has it.
 */
import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  type ECDH,
  hkdfSync,
  randomBytes,
  verify,
} from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Subscription } from '../../contract/push.ts'

export interface Notified {
  browser: string
  headers: IncomingMessage['headers']
  /** What only that browser could read. */
  payload: { tag: string; title: string; text: string; url: string }
  /** Of the token: to whom, from whom. */
  claims: { aud: string; sub: string; exp: number }
}
const TAG_BYTES = 16

export async function pushService() {
  const browsers = new Map<string, { keys: ECDH; auth: Buffer }>()
  const taken: Notified[] = []
  const answers = new Map<string, number>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const name = (request.url ?? '').slice('/push/'.length)
    const browser = browsers.get(name)
    const status = browser ? (answers.get(name) ?? 201) : 404
    if (browser && status === 201)
      taken.push({
        browser: name,
        headers: request.headers,
        payload: JSON.parse(opened(Buffer.concat(chunks), browser)) as Notified['payload'],
        claims: claimsOf(String(request.headers.authorization)),
      })
    response.writeHead(status).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    taken,
    /** What the service answers for a browser from now on. */
    answers,
    /** A browser in which somebody allows notifications. */
    browser(name: string): Subscription {
      const keys = createECDH('prime256v1')
      keys.generateKeys()
      const auth = randomBytes(16)
      browsers.set(name, { keys, auth })
      return {
        endpoint: `${origin}/push/${name}`,
        keys: { p256dh: keys.getPublicKey('base64url'), auth: auth.toString('base64url') },
      }
    },
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

const derived = (key: Buffer, salt: Buffer, info: Buffer | string, length: number) =>
  Buffer.from(hkdfSync('sha256', key, salt, info, length))

/** One record of aes128gcm: salt, size of a record, the sender's key, and what is sealed. */
function opened(body: Buffer, { keys, auth }: { keys: ECDH; auth: Buffer }): string {
  const salt = body.subarray(0, 16)
  const sender = body.subarray(21, 21 + (body[20] ?? 0))
  const sealed = body.subarray(21 + sender.length)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.getPublicKey(), sender])
  const shared = derived(keys.computeSecret(sender), auth, info, 32)
  const key = derived(shared, salt, 'Content-Encoding: aes128gcm\0', 16)
  const nonce = derived(shared, salt, 'Content-Encoding: nonce\0', 12)
  const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  const plain = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()])
  return plain.subarray(0, plain.lastIndexOf(2)).toString()
}

/** @throws where the token is not signed by the key that it names. */
function claimsOf(authorization: string): Notified['claims'] {
  const [, token = '', key = ''] = /^vapid t=([^,]+), k=(.+)$/.exec(authorization) ?? []
  const [head, claims = '', signature = ''] = token.split('.')
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((it) => it.toString('base64url'))
  const known = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' } })
  const isGenuine = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: known, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  if (!isGenuine) throw new Error('The token is not signed by the key that it names.')
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Notified['claims']
}
