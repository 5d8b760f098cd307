/**
 * A bare HTTP server that reads the same rows and answers them as JSON: who asks is not asked, nothing is
 * checked, one prepared statement a path.
 */
import { createServer } from 'node:http'
import Database from 'better-sqlite3'

const db = new Database(process.argv[2] ?? '', { readonly: true })
const LISTS: Record<string, string> = {
  '/executions': 'select * from executions where workspace_id = 1 order by queued_at desc, id desc limit 50',
  '/triggers': 'select * from triggers where workspace_id = 1 and deleted_at is null order by id limit 50',
  '/messages':
    'select m.*, e.status from messages m left join executions e on e.id = m.execution_id where m.workspace_id = 1 and include = 1 order by m.id desc limit 50',
}
const prepared = new Map(Object.entries(LISTS).map(([path, text]) => [path, db.prepare(text)]))

const server = createServer((request, response) => {
  const rows = prepared.get(request.url ?? '')?.all() ?? []
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ rows }))
}).listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`port ${typeof address === 'object' && address ? address.port : 0}\n`)
})
