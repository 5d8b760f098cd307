/**
 * A page's end of a Socket.IO connection, as far as a page needs one: a WebSocket that carries text, its heartbeat,
 * and answers to what was asked. The library is ten times as heavy, and every page would carry it.
 *
 * Promise: it takes the connection up again, later each time, until it is closed; a question is answered or fails,
 * and never waits for a connection that is gone.
 */

/** Engine.IO 4, whose packets begin with a figure. */
const QUERY = '?EIO=4&transport=websocket'
const [OPEN, CLOSE, PING, PONG, MESSAGE] = ['0', '1', '2', '3', '4']
/** Socket.IO 5, in its messages. */
const [CONNECTED, DISCONNECTED, EVENT, ANSWER, REFUSED] = ['0', '1', '2', '3', '4']

/** From the first byte until the server has let it in. */
const OPENING_MS = 20_000
const FIRST_REST_MS = 1000
const LONGEST_REST_MS = 30_000

export interface SocketListener {
  connected(): void
  /** It is away, for whatever reason; also each time that it could not be taken up again. */
  lost(): void
  heard(type: string, value: unknown): void
}

export interface PageSocket {
  readonly connected: boolean
  /** At once, also where it rests before the next try; nothing where it stands or is under way. */
  connect(): void
  /** The network is gone: the other end will not say so. */
  drop(): void
  close(): void
  /** Nothing where it is not connected. */
  tell(name: string, value: unknown): void
  /** Rejects when no answer comes in time, or the connection goes. */
  ask(name: string, value: unknown, withinMs: number): Promise<unknown>
  /** Until the answer is called. */
  listen(listener: SocketListener): () => void
}

type Open = (address: string) => WebSocket

export function createSocket(address: string, open: Open = (it) => new WebSocket(it)): PageSocket {
  const listeners = new Set<SocketListener>()
  const tellAll = (act: (it: SocketListener) => void) => [...listeners].forEach(act)
  const questions = createQuestions()
  const line = createLine(() => open(address + QUERY), {
    hear(kind, id, body) {
      if (kind === EVENT) {
        const [type, value] = JSON.parse(body) as [string, unknown]
        tellAll((it) => it.heard(type, value))
      } else if (kind === ANSWER) questions.answer(Number(id), (JSON.parse(body) as unknown[])[0])
    },
    stands: () => tellAll((it) => it.connected()),
    gone: () => questions.giveUp(),
    lost: () => tellAll((it) => it.lost()),
  })
  const send = (id: number | '', name: string, value: unknown) =>
    line.send(`${EVENT}${id}${JSON.stringify([name, value])}`)
  return {
    get connected() {
      return line.stands
    },
    connect: line.connect,
    drop: line.drop,
    close: line.close,
    tell: (name, value) => send('', name, value),
    ask: (name, value, withinMs) =>
      line.stands ? questions.ask((id) => send(id, name, value), withinMs) : Promise.reject(unanswered()),
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

const unanswered = () => new Error('The server did not answer.')

/** What was asked and is not answered yet, by number. */
function createQuestions() {
  const waiting = new Map<number, { answer(it: unknown): void; giveUp(): void }>()
  let asked = 0
  return {
    ask: (send: (id: number) => void, withinMs: number): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const id = asked++
        const end = () => {
          clearTimeout(patience)
          waiting.delete(id)
        }
        const giveUp = () => {
          end()
          reject(unanswered())
        }
        const answer = (it: unknown) => {
          end()
          resolve(it)
        }
        const patience = setTimeout(giveUp, withinMs)
        waiting.set(id, { answer, giveUp })
        send(id)
      }),
    answer: (id: number, it: unknown) => waiting.get(id)?.answer(it),
    giveUp() {
      for (const it of [...waiting.values()]) it.giveUp()
    },
  }
}

interface LineEvents {
  hear(kind: string, id: string, body: string): void
  /** The server has let it in. */
  stands(): void
  gone(): void
  /** Gone, and not because it was closed here. */
  lost(): void
}

/** One WebSocket after another. */
function createLine(open: () => WebSocket, { hear, stands, gone, lost }: LineEvents) {
  let wire: WebSocket | null = null
  let isIn = false
  let failures = 0
  let silenceMs = OPENING_MS
  /** The next try, or giving this one up, unless something is heard before. */
  let timer: ReturnType<typeof setTimeout> | undefined
  const unlessWithin = (ms: number, act: () => void) => {
    clearTimeout(timer)
    timer = setTimeout(act, ms)
  }
  const send = (text: string) => wire?.send(MESSAGE + text)

  function connect() {
    if (wire) return
    const own = open()
    wire = own
    unlessWithin(OPENING_MS, drop)
    own.onmessage = ({ data }) => {
      if (wire === own && typeof data === 'string') take(data)
    }
    own.onclose = () => {
      if (wire === own) drop()
    }
  }

  function close() {
    clearTimeout(timer)
    const old = wire
    wire = null
    isIn = false
    old?.close()
    gone()
  }

  function drop() {
    if (!wire) return
    close()
    const rest = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** failures++)
    unlessWithin(rest * (0.5 + Math.random()), connect)
    lost()
  }

  function take(packet: string) {
    const kind = packet[0]
    if (kind === OPEN) {
      const { pingInterval, pingTimeout } = JSON.parse(packet.slice(1)) as Record<string, number>
      silenceMs = Number(pingInterval) + Number(pingTimeout)
      send(CONNECTED)
    } else if (kind === PING) {
      wire?.send(PONG)
      unlessWithin(silenceMs, drop)
    } else if (kind === MESSAGE) takeMessage(packet)
    else if (kind === CLOSE) drop()
  }

  function takeMessage(packet: string) {
    const [, kind = '', id = '', body = ''] = /^.(.)(\d*)(.*)$/s.exec(packet) ?? []
    if (kind === CONNECTED) {
      isIn = true
      failures = 0
      unlessWithin(silenceMs, drop)
      stands()
    } else if (kind === DISCONNECTED || kind === REFUSED) {
      // Whoever is ended or refused does not ask again at once.
      failures = Math.max(failures, 1)
      drop()
    } else hear(kind, id, body)
  }

  return {
    connect,
    drop,
    close,
    get stands() {
      return isIn
    },
    send(text: string) {
      if (isIn) send(text)
    },
  }
}
