/**
 * One event to a thousand listeners of a workspace: from the emit to the last of them, beside a bare loop
 * over WebSockets.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { io } from 'socket.io-client'
import { Server } from 'socket.io'
import { WebSocket, WebSocketServer } from 'ws'
import { type Figure, percentiles } from './figures.ts'

const EVENT = {
  seq: 1,
  workspaceId: 1,
  type: 'schedule:completed',
  timestamp: new Date(0).toISOString(),
  scheduleId: 1,
  scheduleName: 'Morning digest',
  executionId: 1,
  status: 'success',
  success: true,
  result: 'All is well.',
  duration: 40,
}

async function listening(): Promise<{ http: ReturnType<typeof createServer>; port: number }> {
  const http = createServer().listen(0, '127.0.0.1')
  await once(http, 'listening')
  const address = http.address()
  return { http, port: typeof address === 'object' && address ? address.port : 0 }
}

/** With the options of `lib/realtime/server.ts`: a room, no compression, WebSockets. */
async function socketIo(clients: number, events: number): Promise<number[]> {
  const { http, port } = await listening()
  const server = new Server(http, {
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false,
    destroyUpgrade: false,
  })
  server.on('connection', (socket) => void socket.join('workspace:1'))
  let heard = 0
  let all = () => {}
  const sockets = await Promise.all(
    Array.from({ length: clients }, async () => {
      const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true })
      await new Promise<void>((resolve) => socket.on('connect', resolve))
      socket.on(EVENT.type, () => {
        if (++heard === clients) all()
      })
      return socket
    }),
  )
  const taken = await measure(
    events,
    () => {
      heard = 0
    },
    (done) => {
      all = done
      server.to('workspace:1').emit(EVENT.type, EVENT)
    },
  )
  for (const it of sockets) it.disconnect()
  server.disconnectSockets(true)
  http.close()
  return taken
}

async function bareWs(clients: number, events: number): Promise<number[]> {
  const { http, port } = await listening()
  const server = new WebSocketServer({ server: http, perMessageDeflate: false })
  let heard = 0
  let all = () => {}
  const sockets = await Promise.all(
    Array.from({ length: clients }, async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
      await once(socket, 'open')
      socket.on('message', (data) => {
        JSON.parse(String(data))
        if (++heard === clients) all()
      })
      return socket
    }),
  )
  const taken = await measure(
    events,
    () => {
      heard = 0
    },
    (done) => {
      all = done
      const text = JSON.stringify([EVENT.type, EVENT])
      for (const it of server.clients) it.send(text)
    },
  )
  for (const it of sockets) it.terminate()
  server.close()
  http.close()
  return taken
}

async function measure(
  events: number,
  reset: () => void,
  emit: (done: () => void) => void,
): Promise<number[]> {
  const taken: number[] = []
  for (let i = 0; i < events + 10; i++) {
    reset()
    const begun = performance.now()
    await new Promise<void>(emit)
    // The first ones warm up.
    if (i >= 10) taken.push(performance.now() - begun)
  }
  return taken
}

export async function sockets({ rounds, quick }: { rounds: number; quick: boolean }): Promise<Figure[]> {
  const clients = quick ? 200 : 1000
  const ours: number[] = []
  const theirs: number[] = []
  for (let i = 0; i < rounds; i++) {
    ours.push(percentiles(await socketIo(clients, 100)).p99)
    theirs.push(percentiles(await bareWs(clients, 100)).p99)
  }
  return [
    {
      name: `one event to ${clients.toLocaleString('en')} sockets, p99 to the last`,
      unit: 'ms',
      ours,
      peer: 'bare ws loop',
      theirs,
      goal: 1.5,
    },
  ]
}
