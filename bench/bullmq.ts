/**
 * BullMQ's job schedulers on a Redis that writes each change to disk, where a Redis is installed. They keep
 * a finished job's state, no history beyond it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { Queue, Worker } from 'bullmq'

export const hasRedis = () => spawnSync('redis-server', ['--version']).status === 0

async function redis(folder: string): Promise<{ port: number; process: ChildProcess }> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  const port = typeof address === 'object' && address ? address.port : 0
  const child = spawn(
    'redis-server',
    [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--dir',
      folder,
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
      '--save',
      '',
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  await new Promise<void>((resolve) =>
    child.stdout.on('data', (it: Buffer) => {
      if (String(it).includes('Ready to accept')) resolve()
    }),
  )
  return { port, process: child }
}

/** Milliseconds from the instant until all are completed, with the latenesses of the starts. */
export async function bullmq(
  count: number,
  folder: string,
  slots: number,
): Promise<{ totalMs: number; lateness: number[] }> {
  const { port, process: child } = await redis(folder)
  const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null }
  const queue = new Queue('herd', { connection })
  // Far enough ahead that all are armed before it comes.
  const at = Date.now() + 3_000 + count * 2
  for (let i = 0; i < count; i += 500)
    await Promise.all(
      Array.from({ length: Math.min(500, count - i) }, (_, k) =>
        queue.upsertJobScheduler(`schedule-${i + k}`, { every: 3_600_000, startDate: at }, { name: 'noop' }),
      ),
    )
  const lateness: number[] = []
  let completed = 0
  const worker = new Worker(
    'herd',
    async () => {
      lateness.push(Date.now() - at)
    },
    { connection, concurrency: slots },
  )
  worker.on('completed', () => {
    completed++
  })
  const giveUpAt = at + 60_000
  while (completed < count && Date.now() < giveUpAt) await new Promise((resolve) => setTimeout(resolve, 2))
  const totalMs = Date.now() - at
  if (completed < count) throw new Error(`BullMQ completed ${completed} of ${count}.`)
  await worker.close(true)
  await queue.close()
  child.kill('SIGKILL')
  return { totalMs, lateness }
}
