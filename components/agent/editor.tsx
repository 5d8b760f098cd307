'use client'
/** The form of an agent. It says where something is wrong, keeps what was typed, and asks before that is lost. */
import { useRouter } from 'next/navigation'
import { type FormEvent, Suspense, useEffect, useRef, useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { BackLink } from '#components/ui/back-link.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { Section } from '#components/ui/card.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { LeavingGuard } from '#components/ui/leaving-guard.tsx'
import { Page } from '#components/ui/page.tsx'
import { Outdated } from '#components/revision/outdated.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Select } from '#components/ui/select.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useDeleteAgent, useSaveAgent } from '#lib/client/agents.ts'
import { useModels } from '#lib/client/models.ts'
import { fieldErrors, meanwhileIn } from '#lib/client/problem.ts'
import type { CustomAgent } from '#lib/contract/custom-agent.ts'
import { bodyOf, type Draft, draftOf, EMPTY } from './draft.ts'
import { Instructions } from './instructions.tsx'
import type { Part } from './part.ts'
import { Tools } from './tools.tsx'
import { TryIt } from './try-it.tsx'

const Revisions = lazily(async () => ({
  default: (await import('#components/revision/revisions.tsx')).Revisions,
}))

export function AgentEditor({ slug, agent }: { slug: string; agent: CustomAgent | null }) {
  const router = useRouter()
  const [initial] = useState(() => (agent ? draftOf(agent) : EMPTY))
  const [draft, setDraft] = useState(initial)
  const [local, setLocal] = useState<Record<string, string>>({})
  const saving = useSaveAgent(slug, agent?.id ?? null)
  const errors = { ...byField(fieldErrors(saving.error)), ...local }
  const meanwhile = meanwhileIn(saving.error)
  const form = useRef<HTMLFormElement>(null)
  const told = Object.keys(errors).join(' ')
  useEffect(() => {
    if (told) form.current?.querySelector<HTMLElement>('[data-invalid]')?.focus()
  }, [told])

  function change(part: Partial<Draft>) {
    setDraft((before) => ({ ...before, ...part }))
    setLocal({})
    if (saving.error && !meanwhile) saving.reset()
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    save(agent?.revision)
  }
  /** `revision`: the state that was looked at. */
  function save(revision: number | undefined) {
    const made = bodyOf(draft)
    setLocal(made.errors)
    if (Object.keys(made.errors).length > 0) return
    saving.mutate(
      { ...made.body, ...(revision !== undefined && { revision }) },
      {
        onSuccess({ agent: { name } }) {
          toast.success(agent ? 'Saved' : `${name} is ready to be planned`)
          router.push(`/w/${slug}/agents`)
        },
      },
    )
  }
  const dirty = JSON.stringify(draft) !== JSON.stringify(initial)
  const part = { draft, change, errors }
  return (
    <Page
      title={agent?.name ?? 'New agent'}
      width="narrow"
      back={<BackLink href={`/w/${slug}/agents`}>Agents</BackLink>}
      description={agent ? `Revision ${agent.revision}` : undefined}
      actions={agent && <Planned slug={slug} agent={agent} />}
    >
      <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-6">
        <LeavingGuard active={dirty && !saving.isSuccess} />
        <What slug={slug} {...part} />
        <Thinking slug={slug} {...part} />
        <Tools slug={slug} {...part} />
        <Shape {...part} />
        {meanwhile ? (
          <Outdated
            error={saving.error}
            onTheirs={() => router.refresh()}
            onMine={() => save(meanwhile.revision)}
          >
            <p>What was changed stands below, under “Changes”.</p>
          </Outdated>
        ) : (
          saving.error && Object.keys(errors).length === 0 && <ProblemNote error={saving.error} />
        )}
        <footer className="flex flex-wrap items-center justify-end gap-2">
          <ButtonLink variant="ghost" href={`/w/${slug}/agents`}>
            Cancel
          </ButtonLink>
          <Button type="submit" variant="primary" pending={saving.isPending}>
            {agent ? 'Save' : 'Create'}
          </Button>
        </footer>
      </form>
      {agent && <TryIt slug={slug} agentId={agent.id} unsaved={dirty} />}
      {agent && (
        <Suspense>
          <Revisions slug={slug} of={{ agent: agent.id }} onRestored={() => router.refresh()} />
        </Suspense>
      )}
    </Page>
  )
}

/** A refusal of `tools.0.name` stands at the tools. */
const byField = (errors: Record<string, string>) =>
  Object.fromEntries(Object.entries(errors).map(([path, words]) => [path.split('.')[0] ?? path, words]))

function Planned({ slug, agent }: { slug: string; agent: CustomAgent }) {
  const router = useRouter()
  const remove = useDeleteAgent(slug)
  return (
    <>
      <Confirm
        danger
        trigger={<Button variant="quietDanger">Delete</Button>}
        title={`Delete “${agent.name}”?`}
        confirmLabel="Delete"
        onConfirm={async () => {
          await remove.mutateAsync(agent.id)
          router.push(`/w/${slug}/agents`)
        }}
      >
        An agent that a schedule still names is not deleted.
      </Confirm>
      <ButtonLink href={`/w/${slug}/schedules/new?agent=${agent.id}`}>Plan it</ButtonLink>
    </>
  )
}

function What({ slug, draft, change, errors }: Part & { slug: string }) {
  return (
    <Section id="what" title="What it does">
      <div className="flex flex-col gap-5">
        <Field label="Name" error={errors.name ?? errors.id}>
          <Input
            value={draft.name}
            onValueChange={(name) => change({ name })}
            placeholder="e.g. Press scout"
            autoComplete="off"
          />
        </Field>
        <Field label="Description" error={errors.description} optional>
          <Input
            value={draft.description}
            onValueChange={(description) => change({ description })}
            autoComplete="off"
          />
        </Field>
        <Instructions slug={slug} draft={draft} change={change} errors={errors} />
      </div>
    </Section>
  )
}

const USUAL = 'usual'

function Thinking({ slug, draft, change, errors }: Part & { slug: string }) {
  const models = useModels(slug)
  const [provider = '', ...name] = draft.model.split(' ')
  const known = models.data ?? []
  const usual = known.find((it) => it.model !== null)
  const choose = (id: string) =>
    change({
      model: id === USUAL ? '' : `${id} ${known.find((it) => String(it.providerId) === id)?.model ?? ''}`,
    })
  return (
    <Section id="model" title="Model">
      <div className="flex flex-col gap-5">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Asks"
            error={errors.model}
            hint={
              models.data && known.length === 0
                ? 'No model is set up yet: an administrator adds one in the settings.'
                : undefined
            }
          >
            <Select
              value={draft.model === '' ? USUAL : provider}
              options={[
                { value: USUAL, label: usual ? `The usual one (${usual.model})` : 'The usual one' },
                ...known.map((it) => ({ value: String(it.providerId), label: it.provider })),
              ]}
              onValueChange={choose}
            />
          </Field>
          {draft.model !== '' && (
            <Field label="Model" hint="As the provider calls it.">
              <Input
                value={name.join(' ')}
                onValueChange={(it) => change({ model: `${provider} ${it}` })}
                autoComplete="off"
                spellCheck={false}
              />
            </Field>
          )}
        </div>
        <div className="grid gap-4 sm:grid-cols-3">
          <Field label="Turns at most" error={errors.maxSteps}>
            <Input
              inputMode="numeric"
              value={draft.maxSteps}
              onValueChange={(maxSteps) => change({ maxSteps })}
            />
          </Field>
          <Field label="Tokens at most" error={errors.maxTokens}>
            <Input
              inputMode="numeric"
              value={draft.maxTokens}
              onValueChange={(maxTokens) => change({ maxTokens })}
            />
          </Field>
          <Field label="Dollars at most" error={errors.maxCost} optional>
            <Input
              inputMode="decimal"
              value={draft.maxCost}
              onValueChange={(maxCost) => change({ maxCost })}
            />
          </Field>
        </div>
      </div>
    </Section>
  )
}

function Shape({ draft, change, errors }: Part) {
  const [open, setOpen] = useState(draft.input !== '' || draft.output !== '')
  const wrong = errors.input ?? errors.output
  useEffect(() => {
    if (wrong) setOpen(true)
  }, [wrong])
  return (
    <Section id="shape" title="What goes in and comes out">
      <Disclosure title="JSON Schemas" aside="for programs" open={open} onOpenChange={setOpen}>
        <div className="flex flex-col gap-5 pt-3">
          <Field
            label="Context"
            error={errors.input}
            hint="Its form is drawn from it where a schedule is made. Empty: any object."
            optional
          >
            <Textarea
              spellCheck={false}
              className="min-h-24 font-mono"
              value={draft.input}
              onChange={(event) => change({ input: event.currentTarget.value })}
            />
          </Field>
          <Field
            label="Outcome"
            error={errors.output}
            hint="With one, a run without an outcome that fits is no success."
            optional
          >
            <Textarea
              spellCheck={false}
              className="min-h-24 font-mono"
              value={draft.output}
              onChange={(event) => change({ output: event.currentTarget.value })}
            />
          </Field>
        </div>
      </Disclosure>
    </Section>
  )
}
