import { expect, test } from 'vitest'
import { parseJson, readText, requireJson } from './body.ts'

const refusal = (act: () => unknown) => {
  try {
    act()
  } catch (error) {
    return (error as Error).message
  }
  return 'accepted'
}

test.each([
  ['{"a":1,"a":2}', 'twice'],
  ['{"a":1,"\\u0061":2}', 'twice'],
  ['{"x":{"b":[1,{"c":1,"c":1}]}}', 'twice'],
  ['{"__proto__":{"admin":true}}', '__proto__'],
  ['{"\\u005f_proto__":1}', '__proto__'],
  ['\ufeff{}', 'not JSON'],
  ['{"a":NaN}', 'not JSON'],
  ['{"a":9007199254740993}', '9007199254740993'],
  ['{"a":1e999}', '1e999'],
  ['{"a":"\\ud800"}', 'surrogate'],
  ['{"a":"b\\u0000"}', 'NUL'],
  [`${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'deeper'],
])('%.40s is refused with what is wrong', (text, word) => {
  expect(refusal(() => parseJson(text))).toContain(word)
})

test.each([
  ['{"a":{"k":1},"b":{"k":1}}'],
  ['[{"k":1},{"k":1}]'],
  ['{"a":"a","b":["a","a"]}'],
  ['{"a":"{\\"x\\":1,\\"x\\":2}"}'],
  ['{"a":-1.5e3,"b":"\\ud83d\\ude00"}'],
  ['"plain"'],
])('%s is read as JSON.parse reads it', (text) => {
  expect(parseJson(text)).toEqual(JSON.parse(text))
})

test('a body is cut off at the limit, whatever its length says', async () => {
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
  })
  const request = new Request('http://localhost/', {
    method: 'POST',
    body: endless,
    duplex: 'half',
  } as RequestInit)
  await expect(readText(request)).rejects.toMatchObject({ problem: { status: 413 } })
})

test('a body that is not UTF-8 is refused, and a byte order mark is kept for the parser to refuse', async () => {
  const send = (bytes: number[]) =>
    readText(new Request('http://localhost/', { method: 'POST', body: new Uint8Array(bytes) }))
  await expect(send([0xff, 0xfe])).rejects.toMatchObject({ problem: { status: 400 } })
  expect(await send([0xef, 0xbb, 0xbf, 0x7b, 0x7d])).toBe('\ufeff{}')
})

test('forms and plain text, which another site can make a browser send, are refused', () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    expect(refusal(() => requireJson(new Headers({ 'content-type': type })))).toContain('application/json')
  }
  expect(refusal(() => requireJson(new Headers()))).toContain('application/json')
  expect(refusal(() => requireJson(new Headers({ 'content-type': 'Application/JSON; charset=utf-8' })))).toBe(
    'accepted',
  )
})

test('a body whose sender goes away is no fault of the server', async () => {
  const body = new ReadableStream({
    pull: (controller) => controller.error(new Error('aborted')),
  })
  const request = new Request('http://localhost/', { method: 'POST', body, duplex: 'half' } as RequestInit)
  await expect(readText(request)).rejects.toMatchObject({ problem: { status: 400 } })
})
