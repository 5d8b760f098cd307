'use client'
/** What an import would do, to be read before it is done; and what was done. */
import { CircleCheck } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { ChangeList } from '#components/revision/change-list.tsx'
import { Badge, type Tone } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { CopyText } from '#components/ui/copy.tsx'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { Time } from '#components/ui/time.tsx'
import { useApplyImport } from '#lib/client/exchange.ts'
import type { Imported, ImportPlan, Named } from '#lib/contract/exchange.ts'
import { doneOf, heldUpBy, KIND_WORDS, placeOf, saidOf, sumOf } from './words.ts'

interface PlanProps {
  slug: string
  plan: ImportPlan
  /** Plans it anew. */
  look(): void
  isLooking: boolean
  done(): void
}

export default function Plan({ slug, plan, look, isLooking, done }: PlanProps) {
  const [imported, setImported] = useState<Imported | null>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  // Whoever asked hears the answer, and reads on from there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each new answer
  useEffect(() => heading.current?.focus(), [plan.planId, imported])
  const title = imported ? 'Imported' : saidOf(sumOf(plan))
  return (
    <div className="mt-6 flex flex-col gap-5 border-t border-line pt-5">
      <h3 ref={heading} tabIndex={-1} className="text-base font-semibold outline-none">
        {title}
      </h3>
      {imported ? (
        <WhatWasDone imported={imported} done={done} />
      ) : (
        <>
          <Contents plan={plan} />
          <Applying slug={slug} plan={plan} look={look} isLooking={isLooking} onDone={setImported} />
        </>
      )}
    </div>
  )
}

function Contents({ plan }: { plan: ImportPlan }) {
  return (
    <>
      <Part title="Wrong in the file" tone="bad" count={plan.problems.length}>
        {plan.problems.map((it) => (
          <li key={`${it.path} ${it.message}`} className="wrap-anywhere">
            <span className="text-faint">{placeOf(it.path)}</span> {it.message}
          </li>
        ))}
      </Part>
      <Part title="Missing here" tone="warn" count={plan.missing.length}>
        {plan.missing.map((it) => (
          <li key={it.path} className="wrap-anywhere">
            <span className="text-faint">{placeOf(it.path)}</span> {it.remedy}
          </li>
        ))}
      </Part>
      <Part title="To make" tone="good" count={plan.create.length}>
        {plan.create.map((it) => (
          <Thing key={`${it.kind} ${it.key}`} it={it} />
        ))}
      </Part>
      <Part title="To change" tone="accent" count={plan.change.length}>
        {plan.change.map(({ changes, ...it }) => (
          <Thing key={`${it.kind} ${it.key}`} it={it}>
            <div className="mt-1 pl-1">
              <ChangeList changes={changes} />
            </div>
          </Thing>
        ))}
      </Part>
      <Part title="To delete" tone="bad" count={plan.delete.length}>
        {plan.delete.map((it) => (
          <Thing key={`${it.kind} ${it.key}`} it={it} />
        ))}
      </Part>
      {plan.unchanged.length > 0 && (
        <Disclosure title="As they are already" aside={String(plan.unchanged.length)}>
          <ul className="flex flex-col gap-1 pl-6 text-sm text-soft">
            {plan.unchanged.map((it) => (
              <li key={`${it.kind} ${it.key}`} className="wrap-anywhere">
                {KIND_WORDS[it.kind]} {it.key}
              </li>
            ))}
          </ul>
        </Disclosure>
      )}
    </>
  )
}

function Part({
  title,
  tone,
  count,
  children,
}: {
  title: string
  tone: Tone
  count: number
  children: ReactNode
}) {
  if (count === 0) return null
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-2">
      <h4 className="flex items-center gap-2 text-sm font-medium">
        {title} <Badge tone={tone}>{count}</Badge>
      </h4>
      <ul className="flex flex-col gap-2 text-sm">{children}</ul>
    </section>
  )
}

function Thing({ it, children }: { it: Named & { name: string }; children?: ReactNode }) {
  return (
    <li className="min-w-0 wrap-anywhere">
      {KIND_WORDS[it.kind]} <strong className="font-medium">{it.name}</strong>{' '}
      <span className="text-faint">{it.key}</span>
      {children}
    </li>
  )
}

function Applying({
  slug,
  plan,
  look,
  isLooking,
  onDone,
}: Omit<PlanProps, 'done'> & { onDone(imported: Imported): void }) {
  const applying = useApplyImport(slug)
  const reason = heldUpBy(plan)
  const { deleted } = sumOf(plan)
  if (reason)
    return (
      <div className="flex flex-wrap items-center gap-3">
        <p className="text-sm text-soft">{reason}</p>
        {plan.problems.length + plan.missing.length > 0 && (
          <Button onClick={look} pending={isLooking}>
            Look again
          </Button>
        )}
      </div>
    )
  return (
    <div className="flex flex-wrap items-center gap-3">
      <Confirm
        trigger={<Button variant="primary">Import</Button>}
        title="Import this?"
        confirmLabel="Import"
        danger={deleted > 0}
        onConfirm={async () => onDone(await applying.mutateAsync(plan.planId))}
      >
        {saidOf(sumOf(plan))}. All of it is done, or nothing.
      </Confirm>
      <p className="text-sm text-faint">
        Can be applied until <Time at={plan.expiresAt} />, unless something of it is changed before.
      </p>
    </div>
  )
}

function WhatWasDone({ imported, done }: { imported: Imported; done(): void }) {
  const { created, changed, deleted, once } = imported
  const sum = { created: created.length, changed: changed.length, deleted: deleted.length }
  return (
    <>
      <p className="flex items-start gap-2 text-sm">
        <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
        {doneOf(sum)}.
      </p>
      {once.length > 0 && (
        <div className="flex flex-col gap-3 text-sm">
          <p>Secrets that were made for these are shown now, and not again:</p>
          {once.map((it) => (
            <div key={`${it.kind} ${it.key}`} className="flex min-w-0 flex-col gap-2">
              <p className="font-medium wrap-anywhere">
                {KIND_WORDS[it.kind]} {it.key}
              </p>
              {it.url && <CopyText text={it.url} label="Copy the address" />}
              <CopyText text={it.secret} label="Copy the secret" />
            </div>
          ))}
        </div>
      )}
      <div>
        <Button onClick={done}>Done</Button>
      </div>
    </>
  )
}
