import { expect, test } from 'vitest'
import { bodyOf, type KnownConfig } from './source-body.ts'

const mailbox = {
  name: 'Mail',
  everySeconds: '300',
  host: 'imap.example.com',
  user: 'ada',
  folders: 'INBOX, Bills,',
}
const sent = (form: Record<string, string>, known: KnownConfig = {}) =>
  bodyOf('imap', (name) => form[name] ?? '', { secure: true, known })

test('a mailbox is sent with its folders apart, and without what was left empty', () => {
  expect(sent({ ...mailbox, password: 'x' })).toEqual({
    name: 'Mail',
    everySeconds: 300,
    kind: 'imap',
    config: {
      ...{ host: 'imap.example.com', user: 'ada', secure: true, password: 'x' },
      folders: ['INBOX', 'Bills'],
    },
  })
})

test.each([
  ['a text is itself', 'x', undefined, 'x'],
  ['a name of a secret stands for it', 'secret:MAIL', undefined, { secret: 'MAIL' }],
  ['nothing leaves what is there', '', '•••', '•••'],
  ['nothing leaves the secret that is there', '', { secret: 'MAIL' }, { secret: 'MAIL' }],
  ['a new one stands in place of what is there', 'y', '•••', 'y'],
])('of a password, %s', (_, password, known, expected) => {
  const { config } = sent({ ...mailbox, password }, known === undefined ? {} : { password: known })
  expect(config).toMatchObject({ password: expected })
})
