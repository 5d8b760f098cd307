'use client'
/** One search over the chat, the runs, the documents and the schedules of a workspace. */
import { CalendarClock, FileText, History, type LucideIcon, MessagesSquare, SearchX } from 'lucide-react'
import { Link } from '#components/ui/link.tsx'
import { useQueryState } from 'nuqs'
import { Button } from '#components/ui/button.tsx'
import { cn } from '#components/ui/cn.ts'
import { Empty } from '#components/ui/empty.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { useResting } from '#components/ui/resting.ts'
import { SearchInput } from '#components/ui/search-input.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { Time } from '#components/ui/time.tsx'
import { useSearch } from '#lib/client/search.ts'
import type { Hit } from '#lib/contract/search.ts'
import { unmarked } from './unmarked.ts'

const PLACES: Record<Hit['kind'], { word: string; Icon: LucideIcon; path(id: number): string }> = {
  message: { word: 'Message', Icon: MessagesSquare, path: (id) => `?m=${id}` },
  execution: { word: 'Run', Icon: History, path: (id) => `/executions/${id}` },
  document: { word: 'Document', Icon: FileText, path: (id) => `/documents/${id}` },
  trigger: { word: 'Schedule', Icon: CalendarClock, path: (id) => `/schedules/${id}` },
}
const WITHIN = [
  ['', 'Everything'],
  ['messages', 'Chat'],
  ['executions', 'Runs'],
  ['documents', 'Documents'],
  ['triggers', 'Schedules'],
] as const

export function Search({ slug }: { slug: string }) {
  const [q, setQ] = useQueryState('q', { defaultValue: '' })
  const [within, setWithin] = useQueryState('in', { defaultValue: '' })
  const asked = useResting(q.trim(), 250)
  return (
    <Page title="Search" width="narrow">
      <search className="flex flex-col gap-3">
        <SearchInput
          label="Words to look for"
          placeholder={'Words, or "a phrase"'}
          value={q}
          onChange={(value) => void setQ(value || null)}
        />
        <fieldset className="flex flex-wrap gap-1.5">
          <legend className="sr-only">Where to look</legend>
          {WITHIN.map(([value, label]) => (
            <Button
              key={value}
              size="sm"
              variant={within === value ? 'primary' : undefined}
              aria-pressed={within === value}
              onClick={() => void setWithin(value || null)}
            >
              {label}
            </Button>
          ))}
        </fieldset>
      </search>
      <Found slug={slug} q={asked} within={within} />
    </Page>
  )
}

function Found({ slug, q, within }: { slug: string; q: string; within: string }) {
  const found = useSearch(slug, q, within)
  if (q.length < 2) return <p className="text-soft">Type at least two letters.</p>
  if (found.isPending)
    return (
      <Waiting label="Looking" className="flex flex-col gap-3">
        {['w-11/12', 'w-3/5', 'w-4/5'].map((width) => (
          <Skeleton key={width} className={cn('h-12', width)} />
        ))}
      </Waiting>
    )
  if (found.error && !found.data)
    return <Problem error={found.error} retry={found.refetch} title="The search failed" />
  const hits = found.data ?? []
  if (hits.length === 0)
    return (
      <Empty icon={<SearchX />} title="Nothing is found">
        Nothing contains all the words of “<span className="wrap-anywhere">{q}</span>”.
      </Empty>
    )
  return (
    <>
      <ol className="flex flex-col">
        {hits.map((it) => (
          <Row key={`${it.kind} ${it.id}`} slug={slug} hit={it} />
        ))}
      </ol>
      {found.hasNextPage && (
        <Button
          className="self-center"
          pending={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </>
  )
}

function Row({ slug, hit }: { slug: string; hit: Hit }) {
  const { word, Icon, path } = PLACES[hit.kind]
  return (
    <li className="border-b border-line last:border-0">
      <Link
        href={`/w/${slug}${path(hit.id)}`}
        className="flex min-w-0 gap-3 rounded-md px-2 py-2.5 hover:bg-hover"
      >
        <Icon aria-hidden className="mt-0.5 size-4.5 shrink-0 text-faint" />
        <span className="min-w-0 flex-1">
          <span className="flex flex-wrap items-baseline gap-x-2">
            <span className="min-w-0 font-medium wrap-anywhere">{hit.title}</span>
            <span className="text-xs text-faint">
              {word} · <Time at={hit.at} />
            </span>
          </span>
          <span className="line-clamp-2 text-sm text-soft wrap-anywhere">{unmarked(hit.snippet)}</span>
        </span>
      </Link>
    </li>
  )
}
