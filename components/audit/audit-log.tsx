'use client'
/** Who changed what in the workspace; which entries are shown stands in the address. */
import { ScrollText, SearchX } from 'lucide-react'
import { Link } from '#components/ui/link.tsx'
import { parseAsIsoDate, parseAsString, useQueryStates } from 'nuqs'
import { ChangeList } from '#components/revision/change-list.tsx'
import { whoIs } from '#components/revision/saying.ts'
import { BackLink } from '#components/ui/back-link.tsx'
import { Button } from '#components/ui/button.tsx'
import { DayInput, spanOf } from '#components/ui/day-input.tsx'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { LoadMore } from '#components/ui/load-more.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { useResting } from '#components/ui/resting.ts'
import { SearchInput } from '#components/ui/search-input.tsx'
import { Select } from '#components/ui/select.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { Time } from '#components/ui/time.tsx'
import { useAudit } from '#lib/client/audit.ts'
import type { AuditEntry } from '#lib/contract/audit.ts'
import { doneTo, LOOKED_FOR, pageOf } from './words.ts'

function useFilters() {
  const [given, set] = useQueryStates({
    actor: parseAsString.withDefault(''),
    kind: parseAsString,
    from: parseAsIsoDate,
    to: parseAsIsoDate,
  })
  const actor = useResting(given.actor.trim())
  return {
    given,
    set,
    applied: {
      actor: actor || undefined,
      action: given.kind ?? undefined,
      ...spanOf(given),
    },
    any: given.actor !== '' || [given.kind, given.from, given.to].some((it) => it !== null),
  }
}
type Filters = ReturnType<typeof useFilters>

export function AuditLog({ slug }: { slug: string }) {
  const filters = useFilters()
  const entries = useAudit(slug, filters.applied)
  return (
    <Page
      title="Audit log"
      description="Who changed what, and from where. Nothing here can be changed; secrets are never shown."
      back={<BackLink href={`/w/${slug}/settings`}>Settings</BackLink>}
    >
      <Choosing filters={filters} />
      {entries.isPending ? (
        <WaitingRows rows={6} height="h-11" />
      ) : entries.error && !entries.data ? (
        <Problem error={entries.error} retry={entries.refetch} />
      ) : entries.data?.length === 0 ? (
        <Nothing filters={filters} />
      ) : (
        <>
          <ol className="divide-y divide-line rounded-xl border border-line bg-surface shadow-card">
            {entries.data?.map((it) => (
              <Entry key={it.id} slug={slug} entry={it} />
            ))}
          </ol>
          {entries.hasNextPage && <LoadMore pages={entries} />}
        </>
      )}
    </Page>
  )
}

const ANY = 'any'

function Choosing({ filters: { given, set } }: { filters: Filters }) {
  return (
    <search aria-label="Changes" className="flex flex-wrap items-center gap-2">
      <SearchInput
        label="By whom"
        placeholder="By whom"
        value={given.actor}
        onChange={(actor) => void set({ actor: actor || null })}
        className="flex-1 basis-full sm:max-w-60 sm:basis-40"
      />
      <div className="min-w-0 basis-full sm:w-48 sm:basis-auto">
        <Select
          aria-label="What"
          value={given.kind ?? ANY}
          options={[{ value: ANY, label: 'Everything' }, ...LOOKED_FOR]}
          onValueChange={(kind) => void set({ kind: kind === ANY ? null : kind })}
        />
      </div>
      <DayInput label="From" value={given.from} onChange={(from) => void set({ from })} />
      <DayInput label="To" value={given.to} onChange={(to) => void set({ to })} />
    </search>
  )
}

const VIA = {
  web: null,
  api: 'with an API key',
  chat: 'by a command of the chat',
  tool: 'by a tool of a run',
  sql: null,
  server: null,
} as const

function Entry({ slug, entry: it }: { slug: string; entry: AuditEntry }) {
  const page = pageOf(slug, it.object)
  const words = doneTo(it)
  return (
    <li className="flex min-h-11 flex-col justify-center gap-1 px-5 py-2.5 text-sm">
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
        <span className="min-w-0 wrap-anywhere">
          <strong className="font-medium">{whoIs(it.actor)}</strong>{' '}
          {page && !it.action.endsWith('.delete') ? (
            <Link href={page} className="underline-offset-4 hover:underline">
              {words}
            </Link>
          ) : (
            words
          )}
        </span>
        <span className="text-xs text-faint">
          <Time at={it.at} />
          {VIA[it.via] && it.actor.kind !== 'key' && <>, {VIA[it.via]}</>}
          {it.remoteAddress && <>, from {it.remoteAddress}</>}
        </span>
      </p>
      {it.changes.length > 0 && (
        <Disclosure title={it.changes.length === 1 ? '1 field' : `${it.changes.length} fields`}>
          <div className="pl-6">
            <ChangeList changes={it.changes} />
          </div>
        </Disclosure>
      )}
    </li>
  )
}

function Nothing({ filters: { any, set } }: { filters: Filters }) {
  return any ? (
    <Empty
      icon={<SearchX />}
      title="Nothing fits these filters"
      action={<Button onClick={() => void set(null)}>Show everything</Button>}
    />
  ) : (
    <Empty icon={<ScrollText />} title="Nothing has been changed yet">
      Each change stands here from now on, with who made it.
    </Empty>
  )
}
