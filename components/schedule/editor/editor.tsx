'use client'
/**
 * The form of a schedule. It says where something is wrong,
 * keeps what was typed, and asks before that is lost.
 */
import { useRouter } from 'next/navigation'
import { type FormEvent, type ReactNode, type RefObject, Suspense, useEffect, useRef, useState } from 'react'
import { lazily, sayMissing } from '#components/ui/lazily.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { Card, CardBody, Section } from '#components/ui/card.tsx'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import type { Trigger } from '#lib/contract/trigger.ts'
import { concernsDemands, demandsSet } from '../demands/draft.ts'
import { followsClock } from '../kinds.ts'
import { AgentFields } from './agent-fields.tsx'
import {
  concernsAdvanced,
  concernsFacts,
  type Draft,
  type EditorFacts,
  factsSetIn,
  gathers,
  isPlaced,
  policyFactsFor,
  unusualParts,
} from './draft.ts'
import { LeavingGuard } from '#components/ui/leaving-guard.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import type { Proposal } from '#lib/contract/said-like.ts'
import { type Ahead, useAhead } from './ahead.ts'
import { AheadPanel } from './ahead-panel.tsx'
import { InWords } from './in-words.tsx'
import type { Kept } from './kept-draft.ts'
import { type Base, baseOf, resumed } from './base.ts'
import { useKept } from './use-kept.ts'
import { type Saved, useSaving } from './saving.tsx'
import { type PartProps, When } from './when.tsx'

const DraftCost = lazily(async () => ({ default: (await import('./draft-cost.tsx')).DraftCost }))
const loadBody = () => import('./body.ts')
const Address = lazily(async () => ({ default: (await import('./address.tsx')).Address }))
const loadAdvanced = async () => (await import('./advanced.tsx')).Advanced
const loadDemands = async () => (await import('../demands/demands.tsx')).Demands
const Conflict = lazily(async () => ({ default: (await import('./conflict.tsx')).Conflict }))
const loadBehaving = async () => (await import('#components/event/behaving.tsx')).Behaving

type Errors = Record<string, string>

interface Props {
  slug: string
  facts: EditorFacts
  initial: Draft
  viewerZone: string
  schedule?: Trigger | undefined
  /** It was begun elsewhere, and is to be saved although nothing was typed here. */
  begun?: Draft | undefined
}

/** The draft, what is wrong with it, what it comes to, and how it is saved. */
function useEditing({ slug, facts, initial: given, schedule, begun }: Props) {
  const router = useRouter()
  const [opened, setOpened] = useState(() => baseOf(given, schedule))
  const initial = opened.draft
  const [draft, setDraft] = useState(begun ?? initial)
  const [local, setLocal] = useState<Errors>({})
  const [called, setCalled] = useState<Saved | null>(null)
  const saving = useSaving(slug, facts, opened, schedule)
  const isDirty = JSON.stringify(draft) !== JSON.stringify(initial) && !saving.saved
  const keeping = useKept(slug, schedule?.id, { draft, opened, isDirty })

  function change(part: Partial<Draft>) {
    setDraft((before) => ({ ...before, ...part }))
    // What was said about a field is about what stood there.
    setLocal({})
    saving.forget(Object.keys(part))
  }
  async function save(run: boolean, over?: number) {
    const made = (await loadBody().catch(sayMissing))?.bodyOf(draft, facts, initial)
    if (!made) return
    setLocal(made.errors)
    if (Object.keys(made.errors).length > 0) return
    const next = await saving.save(made.body, run, over)
    if (!next) return
    keeping.forget()
    if (next.webhook) setCalled(next)
    else router.push(next.href)
  }
  async function fillIn(it: Proposal) {
    const made = await import('./proposed.ts').catch(sayMissing)
    if (made) change(made.withProposal(draft, it, facts))
  }
  function takeBefore(it: Kept) {
    const on = resumed(opened, it)
    setOpened(on.opened)
    change(on.draft)
  }
  const settling = {
    /** From now on it is theirs that is edited. */
    onTheirs(it: Base) {
      setOpened(it)
      change(it.draft)
      saving.settle()
      keeping.forget()
    },
    /** Only what was looked at is written over: where it is another by now, that is said again. */
    onMine(revision: number) {
      setOpened((before) => ({ ...before, revision }))
      saving.settle()
      void save(false, revision)
    },
  }
  const errors: Errors = { ...saving.errors, ...local }
  return {
    opened,
    draft,
    change,
    errors,
    saving,
    isDirty,
    keeping,
    save,
    called,
    fillIn,
    takeBefore,
    settling,
  }
}

export function Editor(props: Props) {
  const { slug, facts, viewerZone, schedule } = props
  const form = useRef<HTMLFormElement>(null)
  const editing = useEditing(props)
  const { draft, change, errors, saving, called, save } = editing
  const ahead = useAhead(slug, draft, schedule?.id)
  function submit(event: FormEvent) {
    event.preventDefault()
    void save(false)
  }
  if (called?.webhook)
    return (
      <Suspense>
        <Address href={called.href} webhook={called.webhook} />
      </Suspense>
    )
  return (
    <form
      ref={form}
      onSubmit={submit}
      noValidate
      className="grid grid-cols-1 items-start gap-x-8 gap-y-6 lg:grid-cols-[minmax(0,1fr)_minmax(20rem,25rem)]"
    >
      <LeavingGuard
        active={editing.isDirty}
        says="What you typed is kept in this browser for when you come back; what is confidential is not."
      />
      <div className="flex min-w-0 flex-col gap-6">
        <Told {...props} editing={editing} />
        <Parts {...props} editing={editing} ahead={ahead} form={form} />
      </div>
      {/* Below the form it is one bar with the buttons, which stays; beside it, it stays by itself. */}
      <div className="sticky bottom-0 z-10 -mx-4 sm:-mx-8 lg:contents">
        <div className="min-w-0 lg:sticky lg:top-6 lg:col-start-2 lg:row-start-1">
          <AheadPanel
            {...{ slug, draft, facts, ahead, viewerZone }}
            self={schedule?.id}
            onFix={({ field, value }) => change({ policies: { ...draft.policies, [field]: String(value) } })}
          />
        </div>
        <Footer
          slug={slug}
          schedule={schedule}
          pending={saving.pending}
          problems={Object.keys(errors).length}
          saveAndRun={() => void save(true)}
        />
      </div>
    </form>
  )
}

type Editing = ReturnType<typeof useEditing>

/** What is in the way, or waits for a word, stands where the eye is: above the form. */
function Told({ slug, facts, schedule, editing }: Props & { editing: Editing }) {
  const { draft, errors, saving, opened, settling, keeping } = editing
  return (
    <>
      <Refusals errors={errors} draft={draft} />
      {saving.note}
      {saving.conflict !== null && schedule && (
        <Suspense>
          <Conflict
            {...{ slug, facts, draft, opened, ...settling }}
            id={schedule.id}
            meanwhile={saving.conflict}
          />
        </Suspense>
      )}
      <Before keeping={keeping} take={editing.takeBefore} revision={schedule?.revision} />
    </>
  )
}

interface PartsProps extends Props {
  editing: Editing
  ahead: Ahead
  form: RefObject<HTMLFormElement | null>
}

/** What, when, how it behaves, and what it is called. */
function Parts({ slug, facts, schedule, editing, ahead, form }: PartsProps) {
  const { draft, change, errors } = editing
  const part = { draft, change, errors }
  return (
    <>
      {!schedule && <InWords slug={slug} draft={draft} onProposal={editing.fillIn} />}
      <Section id="agent" title="What">
        <AgentFields slug={slug} {...part} />
        {draft.agentType === 'custom' && followsClock(draft.kind) && (
          <Suspense>
            <DraftCost slug={slug} draft={draft} facts={facts} />
          </Suspense>
        )}
      </Section>
      <Section id="when" title="When">
        <When
          slug={slug}
          facts={facts}
          self={schedule?.id}
          {...part}
          errors={{ ...errors, ...ahead.errors }}
        />
      </Section>
      <Behaviour slug={slug} {...part} facts={facts} form={form} />
      <About {...part} />
    </>
  )
}

/** What was typed here before, and not saved. */
function Before({
  keeping: { before, forget },
  take,
  revision,
}: {
  keeping: ReturnType<typeof useKept>
  take(it: Kept): void
  revision: number | undefined
}) {
  if (!before) return null
  const isOlder = before.base !== undefined && before.base.revision !== revision
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl border border-line bg-sunken px-5 py-3 text-sm"
    >
      <span className="min-w-0 flex-1 basis-60">
        You began {before.draft.name ? <b className="wrap-anywhere">{before.draft.name}</b> : 'this'}{' '}
        <RelativeTime at={new Date(before.at)} /> and did not save it.
        {isOlder && ' It has been changed since; when you save, you see both versions.'}
      </span>
      <Button size="sm" onClick={() => take(before)}>
        Go on with it
      </Button>
      <Button size="sm" variant="ghost" onClick={forget}>
        Put it away
      </Button>
    </div>
  )
}

/** What most leave as it is. Each part is loaded when it is opened. */
function Behaviour({
  slug,
  draft,
  change,
  errors,
  facts,
  form,
}: PartProps & {
  slug: string
  facts: EditorFacts
  form: RefObject<HTMLFormElement | null>
}) {
  const advanced = useOpened(loadAdvanced, concernsAdvanced(errors, draft.policies))
  const behaving = useOpened(loadBehaving, concernsFacts(errors))
  const demands = useOpened(loadDemands, concernsDemands(errors))
  useFocusOnFault(form, errors, advanced.ready && behaving.ready && demands.ready)
  return (
    <>
      <Fold title="How it behaves" aside={settings(factsSetIn(draft))} part={behaving}>
        {(Behaving) => (
          <Behaving
            draft={draft.facts}
            gathers={gathers(draft.kind)}
            maxDepth={
              draft.kind === 'event'
                ? {
                    value: draft.event.maxDepth,
                    onChange: (maxDepth) => change({ event: { ...draft.event, maxDepth } }),
                  }
                : null
            }
            facts={facts.events}
            errors={errors}
            onChange={(next) => change({ facts: next })}
          />
        )}
      </Fold>
      <Fold title="Only if, and by when" aside={settings(demandsSet(draft.demands))} part={demands}>
        {(Demands) => (
          <Demands
            slug={slug}
            draft={draft.demands}
            isTimed={followsClock(draft.kind)}
            errors={errors}
            onChange={(next) => change({ demands: next })}
          />
        )}
      </Fold>
      <Fold title="Advanced" aside={differences(unusualParts(draft, facts))} part={advanced}>
        {(Advanced) => (
          <Advanced
            policies={draft.policies}
            facts={policyFactsFor(draft.kind, facts)}
            zone={draft.timezone}
            errors={errors}
            onChange={(policies) => change({ policies })}
            approvals={draft.approvals}
            onApprovals={(approvals) => change({ approvals })}
          />
        )}
      </Fold>
    </>
  )
}

function Fold<Part>({
  title,
  aside,
  part: { open, setOpen, Part },
  children,
}: {
  title: string
  aside: string
  part: Opened<Part>
  children(Part: Part): ReactNode
}) {
  return (
    <Card aria-label={title}>
      <CardBody>
        <Disclosure title={title} aside={aside} open={open} onOpenChange={setOpen}>
          {Part && children(Part)}
        </Disclosure>
      </CardBody>
    </Card>
  )
}

interface Opened<Part> {
  open: boolean
  setOpen(open: boolean): void
  Part: Part | undefined
  ready: boolean
}

/** A section that is loaded when it is opened, and opens where something in it is wrong. */
function useOpened<Part>(load: () => Promise<Part>, isConcerned: boolean): Opened<Part> {
  const [open, setOpen] = useState(false)
  const [loaded, setLoaded] = useState<{ Part: Part } | null>(null)
  useEffect(() => {
    if (open) void load().then((Part) => setLoaded({ Part }))
  }, [open, load])
  useEffect(() => {
    if (isConcerned) setOpen(true)
  }, [isConcerned])
  return { open, setOpen, Part: loaded?.Part, ready: !isConcerned || (open && loaded !== null) }
}

/** The first field that is wrong takes the focus. What is closed cannot: `ready` waits for it to open. */
function useFocusOnFault(form: RefObject<HTMLFormElement | null>, errors: Errors, ready: boolean) {
  const told = Object.keys(errors).join(' ')
  useEffect(() => {
    if (!told || !ready) return
    requestAnimationFrame(() =>
      form.current
        ?.querySelector<HTMLElement>('input[data-invalid], textarea[data-invalid], button[data-invalid]')
        ?.focus(),
    )
  }, [form, told, ready])
}

const settings = (count: number) =>
  count === 0 ? 'nothing is set' : count === 1 ? 'one is set' : `${count} are set`
const differences = (count: number) =>
  count === 0 ? 'all as usual' : `${count} ${count === 1 ? 'differs' : 'differ'} from the usual`

function About({ draft, change, errors }: PartProps) {
  return (
    <Card aria-label="About">
      <CardBody className="flex flex-col gap-5">
        <Field label="Name" error={errors.name}>
          <Input
            value={draft.name}
            onValueChange={(name) => change({ name })}
            placeholder="e.g. Daily summary"
            autoComplete="off"
          />
        </Field>
        <Field
          label="Tags"
          error={errors.tags ?? Object.entries(errors).find(([path]) => path.startsWith('tags.'))?.[1]}
          hint="To find it by, with commas between them."
          optional
        >
          <Input
            value={draft.tags}
            onValueChange={(tags) => change({ tags })}
            placeholder="e.g. finance, weekly"
            autoComplete="off"
          />
        </Field>
        <Field label="Description" error={errors.description} optional>
          <Textarea
            className="min-h-16"
            value={draft.description}
            onChange={(event) => change({ description: event.currentTarget.value })}
          />
        </Field>
      </CardBody>
    </Card>
  )
}

interface FooterProps {
  slug: string
  schedule: Trigger | undefined
  pending: boolean
  problems: number
  saveAndRun(): void
}

function Footer({ slug, schedule, pending, problems, saveAndRun }: FooterProps) {
  const home = schedule ? `/w/${slug}/schedules/${schedule.id}` : `/w/${slug}/schedules`
  return (
    <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line bg-ground px-4 py-3 sm:px-8 lg:sticky lg:bottom-0 lg:col-span-2 lg:-mx-8">
      {problems > 0 && (
        <span className="mr-auto text-sm font-medium text-bad">
          {problems === 1 ? 'One thing is not right yet' : `${problems} things are not right yet`}
        </span>
      )}
      <ButtonLink variant="ghost" href={home}>
        Cancel
      </ButtonLink>
      <Button pending={pending} onClick={saveAndRun}>
        Save & run now
      </Button>
      <Button type="submit" variant="primary" pending={pending}>
        {schedule ? 'Save' : 'Create'}
      </Button>
    </footer>
  )
}

/** What has no field of its own is said in full; the fields say the rest, and the first of them has the focus. */
function Refusals({ errors, draft }: { errors: Errors; draft: Draft }) {
  const strays = Object.entries(errors).filter(([path]) => !isPlaced(path, draft))
  const count = Object.keys(errors).length
  return (
    <div role="alert" className="text-sm text-bad empty:hidden">
      {count > 0 && (
        <p className="font-medium">
          {count === 1 ? 'One thing needs' : `${count} things need`} your attention before it can be saved.
        </p>
      )}
      {strays.map(([path, message]) => (
        <p key={path}>
          {path}: {message}
        </p>
      ))}
    </div>
  )
}
