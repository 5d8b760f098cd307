'use client'
/** What is done with all runs that are shown: counted, saved, run again, cancelled. */
import { Download, RotateCw, Square } from 'lucide-react'
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '#components/ui/menu.tsx'
import { toast } from '#components/ui/toast.tsx'
import {
  type ExecutionFilters,
  exportAddress,
  useDoWithAll,
  useExecutionCount,
} from '#lib/client/executions.ts'
import { useMay } from '#lib/client/people.ts'
import type { ManyDone } from '#lib/contract/many-executions.ts'
import { ENDED, LIVE } from '#lib/contract/states.ts'
import { countedIn, questionOf, runs } from './counting.ts'
import { SavedViews } from './views-dialog.tsx'

export function WithAll({ slug, filters }: { slug: string; filters: ExecutionFilters }) {
  const may = useMay(slug, 'editor')
  const { data } = useExecutionCount(slug, filters)
  return (
    <div className="flex min-h-9 flex-wrap items-center justify-between gap-2">
      <p role="status" className="min-h-5 text-sm text-soft tabular-nums max-sm:w-full">
        {data && countedIn(data)}
      </p>
      <div className="flex flex-wrap gap-2">
        <SavedViews slug={slug} />
        {may && <Doing slug={slug} filters={filters} which="retry" />}
        {may && <Doing slug={slug} filters={filters} which="cancel" />}
        <Export slug={slug} filters={filters} />
      </div>
    </div>
  )
}

const FORMATS = [
  ['csv', 'CSV, for spreadsheets'],
  ['json', 'JSON'],
  ['ndjson', 'JSON, line by line'],
] as const

function Export({ slug, filters }: { slug: string; filters: ExecutionFilters }) {
  return (
    <Menu>
      <MenuTrigger
        render={
          <Button size="sm">
            <Download aria-hidden />
            Export
          </Button>
        }
      />
      <MenuContent align="end">
        {FORMATS.map(([format, label]) => (
          <MenuItem key={format} onClick={() => window.location.assign(exportAddress(slug, filters, format))}>
            {label}
          </MenuItem>
        ))}
      </MenuContent>
    </Menu>
  )
}

const WORDS = {
  retry: {
    label: 'Run all again',
    title: 'Run all again?',
    ...{ confirm: 'Run all again', keep: undefined },
    ...{ done: 'started again', statuses: ENDED },
  },
  cancel: {
    label: 'Cancel all',
    title: 'Cancel these runs?',
    ...{ confirm: 'Cancel the runs', keep: 'Keep them' },
    ...{ done: 'cancelled', statuses: LIVE },
  },
} as const

/** Of those that are shown, the ones that it can be done with; how many that are is asked before. */
function Doing({
  slug,
  filters,
  which,
}: {
  slug: string
  filters: ExecutionFilters
  which: keyof typeof WORDS
}) {
  const { label, title, confirm, keep, done, statuses } = WORDS[which]
  const [open, setOpen] = useState(false)
  const doing = useDoWithAll(slug, which === 'retry' ? 'retryExecutions' : 'cancelExecutions')
  const asked = filters.status?.split(',') ?? [...statuses]
  const status = asked.filter((it) => statuses.some((one) => one === it)).join(',')
  const counting = useExecutionCount(slug, { ...filters, status }, open && status !== '')
  const { words, count } = questionOf(which, counting.isPlaceholderData ? undefined : counting.data)
  if (status === '') return null
  const report = ({ done: all, refused }: ManyDone) => {
    const first = refused[0]
    if (first)
      toast.warning(`${runs(all)} ${done}, ${refused.length} not`, {
        description: `#${first.id}: ${first.reason}`,
      })
    else toast.success(`${runs(all)} ${done}`)
  }
  return (
    <>
      <Button size="sm" onClick={() => setOpen(true)}>
        {which === 'retry' ? <RotateCw aria-hidden /> : <Square aria-hidden />}
        {label} …
      </Button>
      <Confirm
        danger={which === 'cancel'}
        open={open}
        onOpenChange={setOpen}
        title={title}
        confirmLabel={confirm}
        cancelLabel={keep}
        confirmDisabled={count === null}
        onConfirm={async () =>
          report(await doing.mutateAsync({ ...filters, status, count: count ?? undefined }))
        }
      >
        {words}
      </Confirm>
    </>
  )
}
