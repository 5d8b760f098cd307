// @vitest-environment node
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verify } from '#lib/triggers/webhook/verifying.ts'
import { snippetsOf } from './snippets.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const heard: { headers: Record<string, string>; body: Buffer }[] = []
const receiver = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  heard.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(chunks) })
  response.end('heard')
})
let url: string
beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/api/hooks/token`
})
afterAll(() => receiver.close())

test.each(['standard', 'token'] as const)(
  'what is copied for JavaScript is a genuine call by %s',
  async (scheme) => {
    const code = snippetsOf(scheme)?.javascript(url) as string
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], {
      env: { NODE_ENV: 'test', WEBHOOK_SECRET: SECRET },
    })
    expect(stdout).toBe('200 heard\n')
    const call = heard.at(-1)
    expect(call?.body.toString()).toBe('{"hello":"world"}')
    const judged = verify({ scheme, toleranceSeconds: 300 }, [SECRET], call as (typeof heard)[0], new Date())
    expect(judged.genuine).toBe(true)
  },
)
