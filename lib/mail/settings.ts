/**
 * Which server a workspace's mail goes through: its own before the installation's, that of the environment last.
 *
 * Promise: a password is opened for the mail that needs it, and is nowhere else.
 */
import * as rows from '#db/queries/mail-settings.ts'
import type { Store } from '#db/store.ts'
import type { MailScope } from '../contract/mail.ts'
import type { SecretRef } from '../contract/secret.ts'
import type { Env } from '../env.ts'
import { MailProblem } from './problem.ts'
import { type MailServer, serverIn } from './server.ts'

/** Seals texts; `place` names the row. */
interface Box {
  close(text: string, place: string): string
  open(sealed: string, place: string): string | null
}
interface Secrets {
  open(workspaceId: number, names: string[]): Promise<Map<string, string | null>>
}
/** Null: the installation. */
export type Owner = number | null

export interface InForce {
  scope: MailScope
  from: string
  row: rows.MailRow | null
}

export interface MailSettingsDeps {
  store: Store
  box: Box
  secrets: Secrets
  env: Pick<Env, 'SMTP_URL' | 'SMTP_FROM'>
}

const placeOf = (owner: Owner) => `mail settings of ${owner ?? 'all workspaces'}`
const REF = 'secret:'
/** Of a row's password the secret that it names; null where it is one itself. */
export const secretIn = (password: string | null): string | null =>
  password?.startsWith(REF) ? password.slice(REF.length) : null

/** As it is kept. A sealed text is base64: it never looks like a name. */
export const keptPassword = (box: Box, owner: Owner, given: string | SecretRef | null): string | null =>
  given === null || typeof given === 'string' ? given && box.close(given, placeOf(owner)) : REF + given.secret

export function createMailSettings({ store, box, secrets, env }: MailSettingsDeps) {
  const ofEnvironment = env.SMTP_URL && env.SMTP_FROM ? serverIn(env.SMTP_URL, env.SMTP_FROM) : null

  async function inForce(owner: Owner): Promise<InForce | null> {
    for (const of of owner === null ? [null] : [owner, null]) {
      const row = await rows.get(store, of)
      if (row) return { scope: of === null ? 'installation' : 'workspace', from: row.from, row }
    }
    return ofEnvironment && { scope: 'environment', from: ofEnvironment.from, row: null }
  }

  async function passwordOf({ workspaceId, password }: rows.MailRow): Promise<string | null> {
    if (password === null) return null
    const name = secretIn(password)
    const opened =
      name === null
        ? box.open(password, placeOf(workspaceId))
        : workspaceId !== null && (await secrets.open(workspaceId, [name])).get(name)
    if (typeof opened === 'string') return opened
    throw new MailProblem(
      name === null
        ? 'The password of the mail server cannot be opened here: SIG_KEY or SIG_SALT is another than when it was saved. Enter it again in the settings, under Mail.'
        : `The secret ${name}, which is the password of the mail server, is not there. Enter it in the settings, under Secrets.`,
      'lasting',
    )
  }

  return {
    inForce,
    /** With its password. @throws MailProblem where none is set up, or it cannot be opened. */
    async server(owner: Owner): Promise<MailServer & { ofEnvironment: boolean }> {
      const found = await inForce(owner)
      if (found?.row) return { ...found.row, password: await passwordOf(found.row), ofEnvironment: false }
      if (ofEnvironment) return { ...ofEnvironment, ofEnvironment: true }
      throw new MailProblem(NO_MAIL, 'lasting')
    },
  }
}

const NO_MAIL =
  'No mail server is set up. Enter one in the settings, under Mail, or start the server with SMTP_URL and SMTP_FROM.'
