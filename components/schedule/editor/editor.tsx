'use client'
/**
 * The form of a schedule. It says where something is wrong,
 * keeps what was typed, and asks before that is lost.
 */
import { useRouter } from 'next/navigation'
import {
  type FormEvent,
  lazy,
  type ReactNode,
  type RefObject,
  Suspense,
  useEffect,
  useRef,
  useState,
} from 'react'
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
import { type Saved, useSaving } from './saving.tsx'
import { type PartProps, When } from './when.tsx'

const DraftCost = lazy(async () => ({ default: (await import('./draft-cost.tsx')).DraftCost }))
const loadBody = () => import('./body.ts')
const Address = lazy(async () => ({ default: (await import('./address.tsx')).Address }))
const loadAdvanced = async () => (await import('./advanced.tsx')).Advanced
const loadDemands = async () => (await import('../demands/demands.tsx')).Demands
const loadLastWeek = async () => (await import('./last-week.tsx')).LastWeek
const loadBehaving = async () => (await import('#components/event/behaving.tsx')).Behaving

type Errors = Record<string, string>

interface Props {
  slug: string
  facts: EditorFacts
  initial: Draft
  viewerZone: string
  schedule?: Trigger | undefined
}

export function Editor({ slug, facts, initial: given, viewerZone, schedule }: Props) {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  // As it was when the form opened: what others change meanwhile is neither shown as ours nor undone.
  const [initial] = useState(given)
  const [draft, setDraft] = useState(initial)
  const [local, setLocal] = useState<Errors>({})
  const [called, setCalled] = useState<Saved | null>(null)
  const saving = useSaving(slug, facts, initial, schedule)
  const errors = { ...saving.errors, ...local }
  const dirty = JSON.stringify(draft) !== JSON.stringify(initial)

  function change(part: Partial<Draft>) {
    setDraft((before) => ({ ...before, ...part }))
    // What was said about a field is about what stood there.
    setLocal({})
    saving.forget(Object.keys(part))
  }

  async function save(run: boolean) {
    const { bodyOf } = await loadBody()
    const made = bodyOf(draft, facts, initial)
    setLocal(made.errors)
    if (Object.keys(made.errors).length > 0) return
    const next = await saving.save(made.body, run)
    if (next?.webhook) setCalled(next)
    else if (next) router.push(next.href)
  }
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
    <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-6">
      <LeavingGuard active={dirty && !saving.saved} />
      <About draft={draft} change={change} errors={errors} />
      <Section id="when" title="When">
        <When
          slug={slug}
          facts={facts}
          self={schedule?.id}
          draft={draft}
          change={change}
          errors={errors}
          viewerZone={viewerZone}
        />
      </Section>
      <Section id="agent" title="What">
        <AgentFields slug={slug} draft={draft} change={change} errors={errors} />
        {draft.agentType === 'custom' && followsClock(draft.kind) && (
          <Suspense>
            <DraftCost slug={slug} draft={draft} facts={facts} />
          </Suspense>
        )}
      </Section>
      <Behaviour
        slug={slug}
        self={schedule?.id}
        draft={draft}
        change={change}
        errors={errors}
        facts={facts}
        form={form}
      />
      <Problems errors={errors} draft={draft} />
      {saving.note}
      <Footer slug={slug} schedule={schedule} pending={saving.pending} saveAndRun={() => void save(true)} />
    </form>
  )
}

/** What most leave as it is. Each part is loaded when it is opened. */
function Behaviour({
  slug,
  self,
  draft,
  change,
  errors,
  facts,
  form,
}: PartProps & {
  slug: string
  self: number | undefined
  facts: EditorFacts
  form: RefObject<HTMLFormElement | null>
}) {
  const advanced = useOpened(loadAdvanced, concernsAdvanced(errors, draft.policies))
  const behaving = useOpened(loadBehaving, concernsFacts(errors))
  const demands = useOpened(loadDemands, concernsDemands(errors))
  const week = useOpened(loadLastWeek, false)
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
      <Fold title="The last 7 days" aside="when it would have fired" part={week}>
        {(LastWeek) => <LastWeek slug={slug} draft={draft} facts={facts} self={self} />}
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
  saveAndRun(): void
}

function Footer({ slug, schedule, pending, saveAndRun }: FooterProps) {
  const home = schedule ? `/w/${slug}/schedules/${schedule.id}` : `/w/${slug}/schedules`
  return (
    <footer className="sticky bottom-0 -mx-4 flex flex-wrap items-center justify-end gap-2 border-t border-line bg-ground/95 px-4 py-3 backdrop-blur-sm sm:-mx-8 sm:px-8">
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

/**
 * Beside the button, since the fields may be out of sight; what has no field of its own is said here in full.
 */
function Problems({ errors, draft }: { errors: Errors; draft: Draft }) {
  const all = Object.entries(errors)
  const strays = all.filter(([path]) => !isPlaced(path, draft))
  return (
    <div role="alert" className="text-sm text-bad empty:hidden">
      {all.length > 0 && (
        <p className="font-medium">
          {all.length === 1 ? 'One thing needs' : `${all.length} things need`} your attention before it can be
          saved.
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
