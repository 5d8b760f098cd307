'use client'
/** Which schedules are shown; it stands in the address, so that a view can be sent to somebody. */
import { ArrowDownWideNarrow, X } from 'lucide-react'
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'
import { useMemo } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Chip } from '#components/ui/chip.tsx'
import { useResting } from '#components/ui/resting.ts'
import { SearchInput } from '#components/ui/search-input.tsx'
import { Select } from '#components/ui/select.tsx'
import type { Health } from '#lib/contract/trigger.ts'
import { HEALTHS } from './health.tsx'
import { KIND_NAMES, type KindName, KINDS } from './kinds.ts'

const HEALTH_NAMES = Object.keys(HEALTHS) as Health[]
/** A list of choices needs a value for "no choice". */
const ANY = 'any'
/** No health, but looked for in the same place. */
const DELETED = 'deleted'

/** The same object as long as nothing changes. */
export function useScheduleFilters() {
  const [given, set] = useQueryStates({
    q: parseAsString.withDefault(''),
    health: parseAsStringLiteral([...HEALTH_NAMES, DELETED]),
    kind: parseAsStringLiteral(KIND_NAMES),
    tag: parseAsString,
    sort: parseAsStringLiteral(['trouble'] as const),
  })
  const q = useResting(given.q.trim())
  return useMemo(
    () => ({
      given,
      set,
      applied: {
        q: q || undefined,
        ...(given.health === DELETED ? { deleted: 'true' as const } : { health: given.health ?? undefined }),
        kind: given.kind ?? undefined,
        tag: given.tag ?? undefined,
        sort: given.sort ?? undefined,
      },
      any: Boolean(given.q || given.health || given.kind || given.tag),
      clear: () => void set({ q: null, health: null, kind: null, tag: null }),
    }),
    [given, set, q],
  )
}

export function ScheduleFilters({
  filters: { given, set, any, clear },
  tags,
}: {
  filters: ReturnType<typeof useScheduleFilters>
  /** Of the schedules that are shown. */
  tags: readonly string[]
}) {
  const known = given.tag && !tags.includes(given.tag) ? [given.tag, ...tags] : tags
  return (
    <search aria-label="Schedules" className="flex flex-wrap items-center gap-2">
      <SearchInput
        label="Search schedules"
        placeholder="Search by name"
        value={given.q}
        onChange={(q) => void set({ q: q || null })}
        className="flex-1 basis-full sm:max-w-80 sm:basis-48"
      />
      <div className="min-w-0 flex-1 sm:w-40 sm:flex-none">
        <Select<Health | typeof ANY | typeof DELETED>
          aria-label="Health"
          value={given.health ?? ANY}
          options={[
            { value: ANY, label: 'Any health' },
            ...HEALTH_NAMES.map((value) => ({ value, label: HEALTHS[value].label })),
            { value: DELETED, label: 'Deleted' },
          ]}
          onValueChange={(health) => void set({ health: health === ANY ? null : health })}
        />
      </div>
      <div className="min-w-0 flex-1 sm:w-56 sm:flex-none">
        <Select<KindName | typeof ANY>
          aria-label="Kind"
          value={given.kind ?? ANY}
          options={[
            { value: ANY, label: 'Any kind' },
            ...KINDS.map(({ value, label }) => ({ value, label })),
          ]}
          onValueChange={(kind) => void set({ kind: kind === ANY ? null : kind })}
        />
      </div>
      {known.length > 0 && (
        <div className="min-w-0 flex-1 sm:w-40 sm:flex-none">
          <Select<string>
            aria-label="Tag"
            value={given.tag ?? ''}
            options={[{ value: '', label: 'Any tag' }, ...known.map((value) => ({ value, label: value }))]}
            onValueChange={(tag) => void set({ tag: tag || null })}
          />
        </div>
      )}
      <Chip on={given.sort === 'trouble'} onPress={() => void set({ sort: given.sort ? null : 'trouble' })}>
        <ArrowDownWideNarrow aria-hidden />
        Trouble first
      </Chip>
      {any && (
        <Button variant="ghost" onClick={clear}>
          <X aria-hidden />
          Clear
        </Button>
      )}
    </search>
  )
}
