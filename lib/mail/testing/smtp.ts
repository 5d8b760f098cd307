/** A server that takes mail, on loopback: what it took, and what it is told to refuse. */
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { CERTIFICATE, KEY } from './certificate.ts'

export interface TestSmtp {
  port: number
  /** Of each mail that it took: to whom, and what it says. */
  taken: { to: string[]; mail: Email; source: string }[]
  /** Answers a recipient, or a whole mail (''), with this code from now on; null: it drops the connection. */
  refuses: Map<string, number | null>
  close(): Promise<void>
}

const refused = (code: number) =>
  Object.assign(new Error(`${code < 500 ? 'Later, please' : 'No such person here'}`), { responseCode: code })

export async function testSmtp({
  login,
  ...options
}: SMTPServerOptions & { login?: { user: string; password: string } } = {}): Promise<TestSmtp> {
  const taken: TestSmtp['taken'] = []
  const refuses: TestSmtp['refuses'] = new Map()
  const sockets = new Set<Socket>()
  const server = new SMTPServer({
    ...{ key: KEY, cert: CERTIFICATE, authOptional: !login, disabledCommands: login ? [] : ['AUTH'] },
    disableReverseLookup: true,
    onAuth({ username, password }, _session, done) {
      if (username === login?.user && password === login?.password) done(null, { user: username })
      else done(Object.assign(new Error('Invalid user or password'), { responseCode: 535 }))
    },
    onRcptTo({ address }, _session, done) {
      const code = refuses.get(address)
      done(code ? refused(code) : null)
    },
    async onData(stream, { envelope }, done) {
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk as Buffer)
      const code = refuses.get('')
      if (code === null) for (const socket of sockets) socket.destroy()
      else if (code) return done(refused(code))
      const source = Buffer.concat(chunks)
      const mail = await PostalMime.parse(source)
      taken.push({ to: envelope.rcptTo.map(({ address }) => address), mail, source: source.toString() })
      done()
    },
    ...options,
  })
  server.on('error', () => {})
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    port: (server.server.address() as AddressInfo).port,
    taken,
    refuses,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
