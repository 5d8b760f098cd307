'use client'
/** When it runs: at a time, every so often, once, when something happens, is called or crosses a line. */
import { Suspense, useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Select } from '#components/ui/select.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { Tiles } from '#components/ui/tiles.tsx'
import { Warnings } from '../planned.tsx'
import { isZone } from '#lib/contract/zone.ts'
import { instantOf, wallOf } from '../wall-clock.ts'
import { followsClock, KINDS, type KindName } from '../kinds.ts'
import { CronFields } from './cron-field.tsx'
import { type Draft, type EditorFacts, UNITS, type Unit, withKind } from './draft.ts'
import { ZonePicker } from '../zone-picker.tsx'

const EventFields = lazily(async () => ({
  default: (await import('#components/event/fields.tsx')).EventFields,
}))

const WebhookPart = lazily(async () => ({
  default: (await import('#components/webhook/part.tsx')).WebhookPart,
}))

const ConditionFields = lazily(async () => ({
  default: (await import('#components/condition/fields.tsx')).ConditionFields,
}))

const SkipDays = lazily(async () => ({
  default: (await import('#components/calendar/skip-days.tsx')).SkipDays,
}))

export interface PartProps {
  draft: Draft
  change(part: Partial<Draft>): void
  errors: Record<string, string>
}

interface WhenProps extends PartProps {
  slug: string
  facts: EditorFacts
  /** The one that is edited. */
  self: number | undefined
}

export function When(props: WhenProps) {
  const { draft, change, facts } = props
  return (
    <div className="flex flex-col gap-6">
      <Tiles<KindName>
        aria-label="Kind"
        value={draft.kind}
        options={KINDS.map(({ value, label, Icon }) => ({ value, label, icon: <Icon aria-hidden /> }))}
        onValueChange={(kind) => change(withKind(draft, kind, facts))}
      />
      <PartOfKind {...props} />
      {followsClock(draft.kind) && <Skipping {...props} />}
    </div>
  )
}

/** Most leave no day out: what it takes to choose is loaded by whoever does. */
function Skipping({ slug, draft, change, errors }: WhenProps) {
  const [isOpen, setOpen] = useState(draft.calendars.length > 0)
  if (!isOpen)
    return (
      <Button size="sm" className="self-start" onClick={() => setOpen(true)}>
        Skip days
      </Button>
    )
  return (
    <Suspense fallback={<Loading />}>
      <SkipDays
        slug={slug}
        chosen={draft.calendars}
        error={errors.calendars}
        onChange={(calendars) => change({ calendars })}
      />
    </Suspense>
  )
}

/** What each kind wants to know; a kind that has much to ask is loaded when it is chosen. */
function PartOfKind({ slug, facts, self, ...part }: WhenProps) {
  const { draft, change, errors } = part
  switch (draft.kind) {
    case 'schedule':
      return (
        <CronFields
          pattern={draft.cronExpression}
          zone={draft.timezone}
          errors={errors}
          onPattern={(cronExpression) => change({ cronExpression })}
          onZone={(timezone) => change({ timezone })}
        />
      )
    case 'interval':
      return <Interval {...part} />
    case 'once':
      return <Once {...part} />
    case 'event':
      return (
        <Suspense fallback={<Loading />}>
          <EventFields
            slug={slug}
            draft={draft.event}
            facts={facts.events}
            errors={errors}
            self={self}
            onChange={(event) => change({ event })}
          />
        </Suspense>
      )
    case 'webhook':
      return (
        <Suspense fallback={<Loading />}>
          <WebhookPart draft={draft.webhook} errors={errors} onChange={(webhook) => change({ webhook })} />
        </Suspense>
      )
    case 'condition':
      return (
        <Suspense fallback={<Loading />}>
          <ConditionFields
            slug={slug}
            triggerId={self}
            draft={draft.condition}
            errors={below('condition.', errors)}
            change={(more) => change({ condition: { ...draft.condition, ...more } })}
          />
        </Suspense>
      )
    default:
      return <p className="text-sm text-soft">What it waits for is changed on its page.</p>
  }
}

const below = (root: string, errors: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(errors).flatMap(([path, it]) =>
      path.startsWith(root) ? [[path.slice(root.length), it]] : [],
    ),
  )

const Loading = () => (
  <Waiting>
    <Skeleton className="h-24" />
  </Waiting>
)

function Interval({ draft, change, errors }: PartProps) {
  return (
    <div className="flex flex-wrap items-start gap-3">
      <Field
        label="Every"
        error={errors.everySeconds}
        hint={errors.everySeconds ? undefined : 'It counts from the moment it is made.'}
        className="w-40 max-w-full"
      >
        <Input inputMode="decimal" value={draft.every} onValueChange={(every) => change({ every })} />
      </Field>
      <Field label="Unit">
        <Select<Unit>
          className="w-36"
          value={draft.unit}
          options={UNITS}
          onValueChange={(unit) => change({ unit })}
        />
      </Field>
    </div>
  )
}

function Once({ draft, change, errors }: PartProps) {
  const at = instantOf(draft.at, draft.timezone)
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field
          label="Date and time"
          error={errors.at}
          hint={errors.at ? undefined : 'On the wall clock of the time zone.'}
        >
          <Input type="datetime-local" value={draft.at} onValueChange={(next) => change({ at: next })} />
        </Field>
        <ZonePicker
          value={draft.timezone}
          onChange={(timezone) => change({ timezone })}
          error={errors.timezone}
        />
      </div>
      {at && isZone(draft.timezone) && <Warnings warnings={skippedTime(draft, at)} />}
    </>
  )
}

/** What to say where the clock on the wall skips the time that was written. */
function skippedTime({ at: written, timezone }: Draft, at: string): string[] {
  const wall = wallOf(at, timezone)
  if (wall === written.slice(0, 16)) return []
  const place = timezone.replaceAll('_', ' ')
  return [`The clock skips ${written.slice(11, 16)} on that day in ${place}: it runs at ${wall.slice(11)}.`]
}
