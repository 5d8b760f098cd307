/**
 * `npm run migrate-to-postgres -- --from storage/carillon.db --to postgres://…`: moves a stopped
 * installation; can be run again after a failure.
 */
import { parseArgs } from 'node:util'
import { copyToPostgres } from '#db/copy-to-postgres.ts'

const USAGE =
  'Usage: npm run migrate-to-postgres -- --from storage/carillon.db --to postgres://user:password@host/database'

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { from: { type: 'string' }, to: { type: 'string' } } })
  if (!values.from || !values.to) throw new Error(USAGE)
  await copyToPostgres(values.from, values.to, ({ table, rows }) =>
    console.log(`${String(rows).padStart(9)}  ${table}`),
  )
  console.log(
    'Everything was copied; counts and sums agree. Start Carillon with DATABASE_URL set to the new address, ' +
      'and with the same JWT_SECRET, SIG_KEY and SIG_SALT (they stand in DATA_DIR). ' +
      'The SQLite file is as it was.',
  )
}

main().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 1
})
