/** Through which server mail is sent: a workspace's own, or the installation's (`owner` null). */
import { randomUUID } from 'node:crypto'
import * as rows from '#db/queries/mail-settings.ts'
import type { Box } from '../agents/sealed.ts'
import type { By } from '../contract/by.ts'
import type { MailChange, MailSettings, MailState, MailTestAnswer } from '../contract/mail.ts'
import { notFound, unacceptable } from '../contract/problem.ts'
import type { Mail } from '../mail/mail.ts'
import { MailProblem } from '../mail/problem.ts'
import { usualPort } from '../mail/server.ts'
import { keptPassword, type Owner, secretIn } from '../mail/settings.ts'
import type { Deps } from './deps.ts'

export interface MailDeps extends Pick<Deps, 'store' | 'clock'> {
  mail: Mail
  box: Box
}

export async function get({ store, mail }: MailDeps, owner: Owner): Promise<MailState> {
  const [row, found] = await Promise.all([rows.get(store, owner), mail.inForce(owner)])
  return { mailSettings: row && shown(row), inForce: found && { scope: found.scope, from: found.from } }
}

export async function put(
  deps: MailDeps,
  owner: Owner,
  { password, port, ...given }: MailChange,
  by: By,
): Promise<MailState> {
  const { store, clock, box } = deps
  const before = await rows.get(store, owner)
  const isOther = before !== null && (before.host !== given.host || before.user !== given.user)
  // A password goes to the server that it was entered for, and to no other.
  if (password === undefined && isOther && before.password !== null && given.user !== null)
    throw unacceptable([
      { path: 'password', message: 'is needed again: the server or the user is another one' },
    ])
  const kept = password === undefined ? (before?.password ?? null) : keptPassword(box, owner, password)
  if (given.user !== null && kept === null)
    throw unacceptable([{ path: 'password', message: 'is needed with a user' }])
  const values = {
    ...given,
    port: port ?? usualPort(given.secure),
    password: given.user === null ? null : kept,
  }
  await rows.write(store, { workspaceId: owner, ...values, by: by.id, now: clock.now() })
  return get(deps, owner)
}

export async function remove({ store }: MailDeps, owner: Owner, _by: By): Promise<void> {
  if (!(await rows.remove(store, owner))) throw notFound('mail server')
}

/** Sends one, through what is in force. */
export async function test({ mail }: MailDeps, owner: Owner, to: string): Promise<MailTestAnswer> {
  try {
    await mail.send(owner, {
      to: [to],
      subject: 'Carillon can send mail',
      text: 'Somebody asked Carillon to send this mail, to see whether it can. There is nothing to do.',
      key: `test-${randomUUID()}`,
    })
    return { ok: true, detail: `The mail server took a mail for ${to}. Look whether it arrives.` }
  } catch (error) {
    if (error instanceof MailProblem) return { ok: false, detail: error.message }
    throw error
  }
}

const shown = (it: rows.MailRow): MailSettings => ({
  host: it.host,
  port: it.port,
  secure: it.secure,
  user: it.user,
  hasPassword: it.password !== null,
  secret: secretIn(it.password),
  from: it.from,
  updatedAt: new Date(it.updatedAt).toISOString(),
})
