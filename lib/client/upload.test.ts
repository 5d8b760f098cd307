import { afterEach, expect, test, vi } from 'vitest'
import { callWithFile } from './call.ts'
import { Problem } from './problem.ts'

afterEach(() => vi.unstubAllGlobals())

/** What a browser offers, as far as it is used here. */
class Request {
  static last: Request
  upload: { onprogress?: (it: { loaded: number; total: number }) => void } = {}
  asked: string[] = []
  sent: FormData | undefined
  status = 0
  responseText = ''
  onload = () => {}
  onerror = () => {}
  onabort = () => {}
  onloadend = () => {}
  constructor() {
    Request.last = this
  }
  open(...it: string[]) {
    this.asked = it
  }
  setRequestHeader() {}
  send(form: FormData) {
    this.sent = form
  }
  abort() {
    this.onabort()
    this.onloadend()
  }
  answer(status: number, text: string) {
    this.status = status
    this.responseText = text
    this.onload()
    this.onloadend()
  }
}

const sending = (more: Parameters<typeof callWithFile>[2] | object = {}) => {
  vi.stubGlobal('XMLHttpRequest', Request)
  const file = new File(['Soup'], 'menu.txt')
  return callWithFile('addDocument', file, { params: { slug: 'ops' }, ...more })
}

test('a file goes where the contract says, and how much of it has left is told', async () => {
  const shares: number[] = []
  const done = sending({ onProgress: (share: number) => shares.push(share) })
  const { last } = Request
  last.upload.onprogress?.({ loaded: 1, total: 4 })
  last.upload.onprogress?.({ loaded: 4, total: 4 })
  last.answer(201, '{"document":{"id":3}}')
  expect(await done).toEqual({ status: 201, answer: { document: { id: 3 } } })
  expect(last.asked).toEqual(['POST', '/api/workspace/ops/documents'])
  expect(last.sent?.get('file')).toMatchObject({ name: 'menu.txt', size: 4 })
  expect(shares).toEqual([0.25, 1])
})

test('a refusal is a problem with the words of the server, and no answer is one without', async () => {
  const refused = sending()
  Request.last.answer(413, '{"title":"Too large","detail":"“menu.txt” is too large."}')
  await expect(refused).rejects.toMatchObject({ status: 413, detail: '“menu.txt” is too large.' })
  const lost = sending()
  Request.last.onerror()
  await expect(lost).rejects.toMatchObject({ status: 0, title: 'No connection' })
})

test('what is called off is no problem, also before it began', async () => {
  const sender = new AbortController()
  const sent = sending({ signal: sender.signal })
  sender.abort()
  await expect(sent).rejects.not.toBeInstanceOf(Problem)
  await expect(sending({ signal: sender.signal })).rejects.toBe(sender.signal.reason)
})
