'use client'
/** The history of a workspace, newest first. What comes in while somebody reads waits behind a button. */
import { ArrowUp, History, SearchX } from 'lucide-react'
import { memo, useDeferredValue, useState } from 'react'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { LoadMore } from '#components/ui/load-more.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { type ExecutionPage, useExecutions } from '#lib/client/executions.ts'
import type { Execution } from '#lib/contract/execution.ts'
import { arrange } from './arriving.ts'
import { ExecutionFilters, useExecutionFilters } from './filters.tsx'
import { LongExecutionTable } from './long-table.tsx'
import { WithAll } from './with-all.tsx'

const NOTHING: ReadonlySet<number> = new Set()

/** Another filter is another list, of which nothing was seen yet. */
function useCalm<Row extends { id: number }>(rows: readonly Row[], list: string, settled: boolean) {
  const [seen, setSeen] = useState({ list, ids: NOTHING })
  const known = seen.list === list ? seen.ids : NOTHING
  const { shown, waiting } = arrange(rows, known)
  if (settled && shown.some((it) => !known.has(it.id)))
    setSeen({ list, ids: new Set([...known, ...shown.map((it) => it.id)]) })
  return { shown, waiting, showAll: () => setSeen({ list, ids: new Set(rows.map((it) => it.id)) }) }
}

export function Executions({ slug, known }: { slug: string; known?: ExecutionPage | undefined }) {
  const filters = useExecutionFilters()
  return (
    <Page
      title="Runs"
      description="Every planned run leaves a trace here: what it did, or why it did not take place."
    >
      <ExecutionFilters slug={slug} filters={filters} />
      {/* A press shows on what was pressed at once; the list follows once it is drawn. */}
      <Filtered slug={slug} known={known} filters={useDeferredValue(filters)} />
    </Page>
  )
}

interface FilteredProps {
  slug: string
  known: ExecutionPage | undefined
  filters: ReturnType<typeof useExecutionFilters>
}

const Filtered = memo(function Filtered({ slug, known, filters }: FilteredProps) {
  const executions = useExecutions(slug, filters.applied, {
    known: filters.any || filters.byTrouble ? undefined : known,
  })
  const { shown, waiting, showAll } = useCalm(
    executions.data ?? [],
    JSON.stringify(filters.applied),
    // Whoever comes back sees what is newest, not a button for it.
    executions.data !== undefined &&
      !executions.isPlaceholderData &&
      (executions.isFetchedAfterMount || !executions.isFetching),
  )
  function showNew() {
    showAll()
    document.getElementById('content')?.scrollTo({ top: 0 })
  }
  return (
    <>
      {shown.length > 0 && <WithAll slug={slug} filters={filters.applied} />}
      <NewRuns count={waiting.length} show={showNew} />
      <List slug={slug} executions={executions} shown={shown} filters={filters} />
    </>
  )
})

function NewRuns({ count, show }: { count: number; show(): void }) {
  return (
    <div
      role="status"
      className="pointer-events-none sticky top-2 z-10 -my-3 flex h-0 justify-center overflow-visible"
    >
      {count > 0 && (
        <Button
          variant="primary"
          size="sm"
          className="pointer-events-auto rounded-full shadow-raised"
          onClick={show}
        >
          <ArrowUp aria-hidden />
          {count === 1 ? '1 new run' : `${count} new runs`}
        </Button>
      )}
    </div>
  )
}

interface ListProps {
  slug: string
  executions: ReturnType<typeof useExecutions>
  /** Of what was read, what the reader is shown. */
  shown: readonly Execution[]
  filters: ReturnType<typeof useExecutionFilters>
}

function List({ slug, executions, shown, filters }: ListProps) {
  const { data, error } = executions
  if (executions.isPending) return <WaitingRows rows={6} height="h-12" />
  if (error && !data)
    return <Problem error={error} retry={executions.refetch} title="The history could not be loaded" />
  if (shown.length === 0)
    return filters.any ? <NothingFits clear={filters.clear} /> : <NothingYet slug={slug} />
  return (
    <>
      <LongExecutionTable
        slug={slug}
        name={`${slug} ${JSON.stringify(filters.applied)}`}
        label={filters.byTrouble ? 'Runs, trouble first' : 'Runs, newest first'}
        executions={shown}
        byDay={!filters.byTrouble}
        pages={executions}
      />
      {executions.hasNextPage ? (
        <LoadMore pages={executions} />
      ) : (
        <p className="text-center text-sm text-faint">That is all of it.</p>
      )}
    </>
  )
}

function NothingYet({ slug }: { slug: string }) {
  return (
    <Empty
      icon={<History />}
      title="Nothing has run yet"
      action={
        <ButtonLink variant="primary" href={`/w/${slug}/schedules`}>
          See the schedules
        </ButtonLink>
      }
    >
      A run appears here as soon as a schedule falls due, or somebody starts one.
    </Empty>
  )
}

function NothingFits({ clear }: { clear(): void }) {
  return (
    <Empty
      icon={<SearchX />}
      title="No run is like that"
      action={<Button onClick={clear}>Show all runs</Button>}
    >
      Nothing fits these filters.
    </Empty>
  )
}
