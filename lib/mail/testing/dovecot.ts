/**
 * An IMAP server that nobody here wrote: dovecot, as a process of its own on loopback, with one mailbox. It wants to be
 * started by root, and to be there: `DOVECOT` says whether it can be.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CERTIFICATE, KEY } from './certificate.ts'

const PROGRAM = '/usr/sbin/dovecot'
export const DOVECOT = existsSync(PROGRAM) && existsSync('/usr/lib/dovecot/imap') && process.getuid?.() === 0

export interface TestImap {
  port: number
  /** Where TLS begins later. */
  plainPort: number
  user: string
  password: string
  /** Puts a mail into a folder, as if it had come at that instant. */
  deliver(source: string, it?: { folder?: string; at?: Date }): Promise<void>
  /** Forgets every mail, and every folder but the usual ones. */
  empty(): Promise<void>
  /** Has the server number the mails of the inbox anew, as after a repair. */
  renumber(): Promise<void>
  stop(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const USER = 'ada@example.com'
const PASSWORD = 'bells & whistles'

export async function testImap(): Promise<TestImap> {
  const home = mkdtempSync(join(tmpdir(), 'carillon-dovecot-'))
  const port = await freePort()
  const plainPort = await freePort()
  const place = (name: string) => join(home, name)
  for (const name of ['base', 'state', 'mail']) mkdirSync(place(name))
  execFileSync('chmod', ['755', home])
  execFileSync('chown', ['mail:mail', place('mail')])
  writeFileSync(place('key.pem'), KEY, { mode: 0o600 })
  writeFileSync(place('cert.pem'), CERTIFICATE)
  writeFileSync(place('users'), `${USER}:{PLAIN}${PASSWORD}::::::\n`)
  writeFileSync(place('dovecot.conf'), configOf(place, port, plainPort))
  let child: ChildProcess | null = null

  async function start(): Promise<void> {
    // In the background it would hold the output open.
    child = spawn(PROGRAM, ['-F', '-c', place('dovecot.conf')], { stdio: 'ignore' })
    for (;;) if (await answers(port)) return
  }
  async function stop(): Promise<void> {
    const running = child
    child = null
    if (!running) return
    running.kill('SIGTERM')
    if (running.exitCode === null) await once(running, 'exit')
  }
  let n = 0
  await start()
  return {
    ...{ port, plainPort, user: USER, password: PASSWORD, start, stop },
    async deliver(source, { folder = '', at = new Date() } = {}) {
      const [maildir, name] = [place(join('mail', 'Maildir', folder && `.${folder}`)), `${n++}.carillon`]
      // As any program that delivers: whole, and then there. Its time is when it came.
      for (const it of ['tmp', 'new', 'cur']) mkdirSync(join(maildir, it), { recursive: true })
      const file = join(maildir, 'tmp', name)
      writeFileSync(file, source.replace(/\r?\n/g, '\r\n'))
      execFileSync('touch', ['-d', at.toISOString(), file])
      execFileSync('chown', ['-R', 'mail:mail', place('mail')])
      execFileSync('mv', [file, join(maildir, 'new', name)])
    },
    async empty() {
      for (const it of globSync(place(join('mail', '*')))) rmSync(it, { recursive: true })
    },
    async renumber() {
      await stop()
      const list = place(join('mail', 'Maildir', 'dovecot-uidlist'))
      const text = readFileSync(list, 'utf8')
      writeFileSync(
        list,
        text.replace(/ V(\d+) /, (_, it: string) => ` V${Number(it) + 7} `),
      )
      for (const it of globSync(place(join('mail', 'Maildir', 'dovecot.*')))) rmSync(it)
      await start()
    },
    async close() {
      await stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    await new Promise((resolve) => setImmediate(resolve))
    return false
  } finally {
    socket.destroy()
  }
}

const configOf = (place: (name: string) => string, port: number, plainPort: number) => `
base_dir = ${place('base')}
state_dir = ${place('state')}
log_path = ${place('log')}
protocols = imap
listen = 127.0.0.1
default_internal_user = nobody
default_login_user = nobody
default_internal_group = nogroup
first_valid_uid = 1
mail_location = maildir:${place('mail')}/Maildir
mail_uid = mail
mail_gid = mail
ssl = required
ssl_cert = <${place('cert.pem')}
ssl_key = <${place('key.pem')}
auth_failure_delay = 0
auth_mechanisms = plain
passdb {
  driver = passwd-file
  args = ${place('users')}
}
userdb {
  driver = static
  args = uid=mail gid=mail home=${place('mail')}
}
namespace inbox {
  inbox = yes
  mailbox Sent {
    special_use = \\Sent
    auto = create
  }
}
service imap-login {
  inet_listener imap {
    address = 127.0.0.1
    port = ${plainPort}
  }
  inet_listener imaps {
    address = 127.0.0.1
    port = ${port}
    ssl = yes
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`
