/**
 * A server of tools as a child process, spoken to over its pipes.
 *
 * Promise: its environment holds what is named and nothing else; it ends when the connection does, with all that it
 * started and that has not left its group; a line longer than it may be ends it. The transport of the library hands on
 * HOME and PATH, keeps a line of any length and leaves grandchildren alive.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import type { MCPTransport } from '@ai-sdk/mcp'
import { MOST_STREAMED_BYTES } from '../../net/guarded-stream.ts'
import { McpProblem } from './problem.ts'

export interface CommandLine {
  command: string
  args: string[]
  env: Record<string, string>
}

type Message = Parameters<MCPTransport['send']>[0]
const MOST_KEPT = 8000
const MOST_UNREAD = 8 * 1024 * 1024
const MOST_TOLD = 300

/** `broken`: told once, when it can serve no more. */
export function stdioTransport(line: CommandLine, broken: (error: Error) => void): MCPTransport {
  let child: ChildProcess | null = null
  let closed = false
  let complaint = ''
  const transport: MCPTransport = {
    async start() {
      const path = await found(line.command)
      // Given up meanwhile: nothing is started that nobody would end.
      if (closed) return
      const started = spawn(path, line.args, {
        env: line.env as NodeJS.ProcessEnv,
        cwd: tmpdir(),
        stdio: ['pipe', 'pipe', 'pipe'],
        // A group of its own: what it starts ends with it.
        detached: true,
      })
      child = started
      started.stderr?.on('data', (chunk: Buffer) => {
        complaint = (complaint + chunk.toString()).slice(-MOST_KEPT)
      })
      started.stdin?.on('error', () => {})
      readLines(started, (text) => hear(transport, text), broken)
      await new Promise<void>((resolve, reject) => {
        started.once('spawn', resolve)
        started.once('error', (error) => reject(new McpProblem('misconfigured', notStarted(line, error))))
      })
      started.once('close', (code, signal) => {
        broken(new McpProblem('misconfigured', ended(line, code ?? signal, complaint)))
        transport.onclose?.()
      })
    },
    async send(message) {
      child?.stdin?.write(`${JSON.stringify(message)}\n`)
      // It asks, and does not listen.
      if ((child?.stdin?.writableLength ?? 0) > MOST_UNREAD)
        broken(new McpProblem('misconfigured', 'It does not read what it is told.'))
    },
    async close() {
      closed = true
      if (child) end(child)
      transport.onclose?.()
    },
  }
  return transport
}

const notStarted = ({ command }: CommandLine, error: Error) =>
  `"${command}" cannot be started: ${error.message}.`
const ended = ({ command }: CommandLine, how: unknown, complaint: string) => {
  const lines = complaint.split('\n').filter((it) => it.trim() !== '')
  // Before a stack stands the sentence.
  const why = (lines.find((it) => /error/i.test(it)) ?? lines.at(-1) ?? '').trim().slice(0, MOST_TOLD)
  return `"${command}" ended by itself (${how})${why ? `: ${why}` : '.'}`
}

/** Where the command lies by this server's own PATH: the child has none. */
async function found(command: string): Promise<string> {
  const places = command.startsWith('/')
    ? [command]
    : (process.env.PATH ?? '').split(delimiter).map((it) => join(it || '.', command))
  for (const place of places) {
    const there = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (there) return place
  }
  throw new McpProblem('misconfigured', `There is no command "${command}" on this server.`)
}

function readLines({ stdout }: ChildProcess, hear: (line: string) => void, broken: (error: Error) => void) {
  let pieces: Buffer[] = []
  let length = 0
  stdout?.on('data', (chunk: Buffer) => {
    let rest = chunk
    for (let at = rest.indexOf(10); at !== -1; at = rest.indexOf(10)) {
      hear(Buffer.concat([...pieces, rest.subarray(0, at)]).toString())
      pieces = []
      length = 0
      rest = rest.subarray(at + 1)
    }
    pieces.push(rest)
    length += rest.length
    if (length <= MOST_STREAMED_BYTES) return
    stdout.destroy()
    pieces = []
    const most = MOST_STREAMED_BYTES / 1024 ** 2
    broken(new McpProblem('misconfigured', `It answers with more than ${most} MB.`))
  })
}

/** What is no message is passed over: many write their log there. */
function hear({ onmessage, onerror }: MCPTransport, text: string): void {
  if (!text.startsWith('{')) return
  try {
    onmessage?.(JSON.parse(text) as Message)
  } catch (error) {
    onerror?.(error as Error)
  }
}

function end({ pid, stdin }: ChildProcess): void {
  stdin?.end()
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended before.
  }
}
