/** The server's database thread: holds the connection, and does what it is sent, one message after the other. */
import { parentPort, workerData } from 'node:worker_threads'
import { type Call, connect, type How, type Method } from './connection.ts'

export type Asked =
  | { kind: 'run'; calls: readonly Call[]; how: How }
  | { kind: 'query'; call: Call; method: Method; how?: Pick<How, 'within'> | undefined }
  | { kind: 'dataVersion' }
  | { kind: 'close' }
/** Rows travel as JSON: reading a text is quicker than rebuilding thousands of objects one by one. */
export type Answered = { id: number; json: string } | { id: number; error: { message: string; code: string } }

const connection = connect((workerData as { file: string }).file)

function answer(asked: Asked): unknown {
  switch (asked.kind) {
    case 'run':
      return connection.run(asked.calls, asked.how)
    case 'query':
      return connection.query(asked.call, asked.method, asked.how)
    case 'dataVersion':
      return connection.dataVersion()
    case 'close':
      connection.close()
      return null
  }
}

parentPort?.on('message', ({ id, asked }: { id: number; asked: Asked }) => {
  let answered: Answered
  try {
    answered = { id, json: JSON.stringify(answer(asked)) }
  } catch (error) {
    const { message, code = '' } = error as Error & { code?: string }
    answered = { id, error: { message, code } }
  }
  parentPort?.postMessage(answered)
  if (asked.kind === 'close') parentPort?.close()
})
