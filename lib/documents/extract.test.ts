/** Real processes: what is read, and what ends in a sentence. */
import { expect, test } from 'vitest'
import { type HandClock, handClock, systemClock } from '../clock.ts'
import { createReaders } from './extract.ts'
import { calendar, docx, mail, pdf } from './testing/files.ts'

const extract = createReaders(systemClock).extract
const read = (reading: 'html' | 'pdf' | 'docx' | 'csv' | 'eml' | 'ics', bytes: Buffer | string) =>
  extract({ reading, bytes: Buffer.from(bytes as string) })

test('a PDF, a DOCX, a page, a table, a mail and a calendar become text', async () => {
  expect(await read('pdf', pdf('Soup on Monday'))).toEqual({ text: 'Soup on Monday', left: null })
  expect(await read('docx', docx('Soup on Tuesday'))).toEqual({ text: 'Soup on Tuesday', left: null })
  expect(
    await read('html', '<!doctype html><title>Menu</title><p>Soup <b>today</b></p><script>x</script>'),
  ).toMatchObject({
    text: expect.stringMatching(/^# Menu\n\nSoup today$/),
  })
  expect(await read('csv', '\uFEFFdish;price\nsoup;"3;5"\nbread\n')).toMatchObject({
    text: 'dish; price\ndish: soup; price: 3;5\ndish: bread',
  })
  expect(await read('eml', mail)).toMatchObject({
    text: expect.stringMatching(
      /^Subject: Grüße\nFrom: Ada <ada@example.com>[\s\S]*menu\.pdf\n\nSoup today$/,
    ),
  })
  expect(await read('ics', calendar)).toMatchObject({
    text: expect.stringMatching(
      /^Holiday\nWhen: 2026-03-01[\s\S]*Stand-up\nWhen: 2026-03-02T08:00:00.000Z \(Europe\/Berlin\)[\s\S]*Kitchen/,
    ),
  })
})

test('what is damaged, locked or empty is a sentence', async () => {
  expect(await read('pdf', '%PDF-1.4 nothing')).toMatchObject({ problem: expect.stringContaining('damaged') })
  expect(await read('docx', 'PK\x03\x04word/document.xml')).toMatchObject({
    problem: expect.stringContaining('damaged'),
  })
  expect(await read('pdf', pdf(''))).toMatchObject({ problem: expect.stringContaining('no text') })
  expect(await read('ics', 'BEGIN:VCALENDAR\nEND:VCALENDAR')).toMatchObject({
    problem: expect.stringContaining('no event'),
  })
})

test('an archive that unpacks to more than it may is not unpacked', async () => {
  const bomb = docx('x', { 'word/media.bin': Buffer.alloc(70 * 1024 ** 2) })
  expect(bomb.length).toBeLessThan(200_000)
  expect(await read('docx', bomb)).toEqual({ problem: 'It unpacks to more than 64 MB, which is not read.' })
})

test('what takes more memory than it may ends as a sentence', async () => {
  const deep = docx(
    `</w:t></w:r></w:p>${'<w:p><w:r><w:t>x</w:t></w:r></w:p>'.repeat(150_000)}<w:p><w:r><w:t>`,
  )
  expect(await createReaders(systemClock, 48).extract({ reading: 'docx', bytes: deep })).toEqual({
    problem: expect.stringContaining('more memory or time'),
  })
}, 60_000)

test('what takes longer than it may is killed, and so is what is called off', async () => {
  const nested = { reading: 'html', bytes: Buffer.from(`<!doctype html>${'<div>'.repeat(60_000)}`) } as const
  const clock: HandClock = handClock(new Date())
  const slow = createReaders(clock).extract(nested)
  clock.advance(30_000)
  expect(await slow).toEqual({ problem: expect.stringContaining('more memory or time') })
  const calledOff = new AbortController()
  const reading = createReaders(clock).extract(nested, calledOff.signal)
  calledOff.abort()
  expect(await reading).toMatchObject({ problem: expect.any(String) })
})
