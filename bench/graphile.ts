/**
 * graphile-worker, tuned as its author does for a herd: 24 jobs at a time, fetched and completed in batches
 * without a pause. It keeps no record of a run.
 */
import { Logger, makeWorkerUtils, run as runWorker } from 'graphile-worker'
import { until } from './world.ts'

/**
 * Milliseconds from the instant until every job's row is gone, as ours has its outcome; with the latenesses
 * of the starts.
 */
export async function graphile(count: number, url: string): Promise<{ totalMs: number; lateness: number[] }> {
  const logger = new Logger(() => () => {})
  const utils = await makeWorkerUtils({ connectionString: url, logger })
  await utils.migrate()
  await utils.withPgClient((client) => client.query('truncate graphile_worker._private_jobs'))
  await utils.withPgClient((client) =>
    client.query(
      `select graphile_worker.add_job('noop', json_build_object('i', i), run_at := now() + interval '1 day')
      from generate_series(1, $1::int) i`,
      [count],
    ),
  )
  // Adding them takes seconds: the instant is set when they are there, else it would have passed meanwhile.
  const at = new Date(Date.now() + 3000)
  await utils.withPgClient(async (client) => {
    await client.query('update graphile_worker._private_jobs set run_at = $1', [at])
    await client.query('vacuum analyze graphile_worker._private_jobs')
  })
  const lateness: number[] = []
  const runner = await runWorker({
    connectionString: url,
    logger,
    concurrency: 24,
    maxPoolSize: 12,
    pollInterval: 100,
    preset: {
      worker: { completeJobBatchDelay: 0, localQueue: { size: 500, refetchDelay: { durationMs: 10 } } },
    },
    taskList: {
      noop: async () => {
        lateness.push(Date.now() - at.getTime())
      },
    },
  })
  if (Date.now() > at.getTime() - 500) throw new Error('The jobs were not ready before their instant.')
  await until(() => lateness.length >= count)
  for (let left = count; left > 0; )
    left = await utils.withPgClient(async (client) =>
      Number((await client.query('select count(*) as n from graphile_worker._private_jobs')).rows[0].n),
    )
  const totalMs = Date.now() - at.getTime()
  await runner.stop()
  await utils.release()
  return { totalMs, lateness }
}
