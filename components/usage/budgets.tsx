'use client'
/** What may be spent, how much of it is, and until when. Each is a bar and the words beside it. */
import { lazily } from '#components/ui/lazily.tsx'
import { formatDollars, formatNumber } from '#components/ui/number.ts'
import { Wallet } from 'lucide-react'
import { AddDialog } from '#components/ui/add-dialog.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { RemoveButton } from '#components/ui/remove-button.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { cn } from '#components/ui/cn.ts'
import { useBudgets, useChangeBudgets } from '#lib/client/budgets.ts'
import type { Budget } from '#lib/contract/budget.ts'

const BudgetForm = lazily(() => import('./budget-form.tsx'))

/** `slug` null: all workspaces together. */
export function Budgets({ slug }: { slug: string | null }) {
  return (
    <ListCard
      id={slug === null ? 'shared-budgets' : 'budgets'}
      title={slug === null ? 'Budget of all workspaces together' : 'Budgets'}
      about="The most that a run can use is set aside before it starts. Runs that do not fit are skipped, or ask first."
      action={
        <AddDialog label="Add a budget">{(done) => <BudgetForm slug={slug} onDone={done} />}</AddDialog>
      }
      items={useBudgets(slug)}
      empty={{
        icon: <Wallet />,
        title: 'No budget',
        words: 'Only the limits of each agent cap what runs can spend.',
      }}
    >
      {(it, place) => <Row key={it.id} slug={slug} budget={it} place={place} />}
    </ListCard>
  )
}

const PERIODS = { run: 'a run', day: 'a day', month: 'a month' } as const

function whoseOf({ scope, scopeId, name }: Budget): string {
  if (scope === 'agent') return `The agent ${name ?? scopeId}`
  if (scope === 'trigger') return `The schedule ${name ?? scopeId}`
  return scope === 'installation' ? 'All workspaces' : 'This workspace'
}

function Row({ slug, budget: it, place }: { slug: string | null; budget: Budget; place: number }) {
  const change = useChangeBudgets(slug)
  const limits = [
    it.cost !== null && {
      ...{ limit: it.cost, used: it.used.cost, reserved: it.reserved.cost },
      words: (n: number) => formatDollars(n),
    },
    it.tokens !== null && {
      limit: it.tokens,
      used: it.used.tokens,
      reserved: it.reserved.tokens,
      words: (n: number) => `${formatNumber(n)} tokens`,
    },
  ].filter((one) => one !== false)
  const title = `${limits.map((one) => one.words(one.limit)).join(' and ')} ${PERIODS[it.period]}`
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1 basis-64">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {whoseOf(it)}: {title}
          {it.over === 'ask' && <Badge tone="outline">asks when it is used up</Badge>}
        </p>
        {it.period !== 'run' &&
          limits.map((one) => (
            <Meter key={one.words(one.limit)} {...one} warnAt={it.warnAt} label={`${title}: used`} />
          ))}
        <p className="text-sm text-faint">
          {it.until ? (
            <>
              Resets <RelativeTime at={it.until} />.
            </>
          ) : (
            'Applies to each run.'
          )}
        </p>
      </div>
      <AddDialog label="Change" title={`Change: ${whoseOf(it)}, ${title}`} quiet>
        {(done) => <BudgetForm slug={slug} known={{ budget: it, place }} onDone={done} />}
      </AddDialog>
      <RemoveButton
        of={title}
        title={`Remove the budget of ${title}?`}
        onConfirm={() => change.mutateAsync((before) => before.filter((_, n) => n !== place))}
      >
        Runs are no longer held to it.
      </RemoveButton>
    </li>
  )
}

function Meter({
  limit,
  used,
  reserved,
  warnAt,
  words,
  label,
}: {
  limit: number
  used: number
  reserved: number
  warnAt: number
  words(amount: number): string
  label: string
}) {
  const part = (amount: number) => `${Math.min(100, (100 * amount) / limit)}%`
  const tone = used + reserved >= limit ? 'bg-bad' : used >= warnAt * limit ? 'bg-warn' : 'bg-accent'
  return (
    <div className="my-1.5">
      {/* biome-ignore lint/a11y/useSemanticElements: a meter of two parts, used and set aside */}
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={limit}
        aria-valuenow={Math.min(used, limit)}
        aria-valuetext={`${words(used)} of ${words(limit)}`}
        className="flex h-2 overflow-hidden rounded-full bg-sunken"
      >
        <span className={cn('h-full', tone)} style={{ width: part(used) }} />
        <span className={cn('h-full opacity-40', tone)} style={{ width: part(reserved) }} />
      </div>
      <p className="mt-0.5 text-sm text-soft tabular-nums">
        {words(used)} used{reserved > 0 && `, ${words(reserved)} set aside for runs in progress`}
      </p>
    </div>
  )
}
