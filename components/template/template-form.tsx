'use client'
/**
 * A template, filled in: what it asks at the left, what that makes at the right, tried before it is made.
 *
 * Promise: nothing is kept before somebody says so, and nothing that was typed is lost without being asked about.
 */
import { FlaskConical } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { Trial } from '#components/execution/trial.tsx'
import { ContextFields } from '#components/schedule/context/context-fields.tsx'
import { type ContextDraft, contextDraft, contextErrors } from '#components/schedule/context/draft.ts'
import { fieldsOf } from '#components/schedule/context/schema.ts'
import { BackLink } from '#components/ui/back-link.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { Card, CardBody, Section } from '#components/ui/card.tsx'
import { LeavingGuard } from '#components/ui/leaving-guard.tsx'
import { Page } from '#components/ui/page.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { useResting } from '#components/ui/resting.ts'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { useZone } from '#components/ui/time.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { useTemplatePlan, useTryTemplate } from '#lib/client/templates.ts'
import type { Template } from '#lib/contract/template.ts'
import { asOfContext, usualAnswers } from './answers.ts'
import { useMaking } from './making.ts'
import { Plan } from './plan.tsx'

export function TemplateForm({ slug, template }: { slug: string; template: Template }) {
  const zone = useZone()
  return (
    <Page
      title={template.name}
      description={template.description}
      back={<BackLink href={`/w/${slug}/templates`}>Templates</BackLink>}
    >
      {zone === null ? (
        <Waiting>
          <Skeleton className="h-96" />
        </Waiting>
      ) : (
        <Filling slug={slug} template={template} zone={zone} />
      )}
    </Page>
  )
}

function Filling({ slug, template, zone }: { slug: string; template: Template; zone: string }) {
  const router = useRouter()
  const form = useRef<HTMLFormElement>(null)
  const fields = fieldsOf(template.input)
  const [initial] = useState(() => contextDraft(usualAnswers(fields, zone)))
  const [draft, setDraft] = useState(initial)
  const [local, setLocal] = useState<Record<string, string>>({})
  const plan = useTemplatePlan(slug, template.id, useResting(draft.value, 400))
  const trial = useTryTemplate(slug, template.id)
  const making = useMaking(slug, template.id)
  const refused = asOfContext({ ...fieldErrors(trial.error), ...fieldErrors(making.error) })
  const errors = { ...refused, ...local }
  useFocusOnFault(form, errors)

  function change(next: ContextDraft) {
    setDraft(next)
    setLocal({})
    making.forget()
    if (trial.error) trial.reset()
  }
  /** What cannot be read yet is in the way of everything else. */
  function readable(): boolean {
    const found = contextErrors(draft)
    setLocal(found)
    return Object.keys(found).length === 0
  }
  async function make(run: boolean) {
    trial.reset()
    const next = readable() && (await making.make(draft.value, run))
    if (next) router.push(next)
  }
  function submit(event: FormEvent) {
    event.preventDefault()
    void make(false)
  }
  function tryIt() {
    making.forget()
    if (readable()) trial.mutate(draft.value)
  }

  const dirty = JSON.stringify(draft.value) !== JSON.stringify(initial.value)
  const incomplete = plan.data?.missing.some((it) => !it.optional) ?? false
  return (
    <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-6">
      <LeavingGuard active={dirty && !making.made} />
      <div className="grid items-start gap-6 lg:grid-cols-[1fr_24rem]">
        <Card aria-label="What it asks">
          <CardBody className="flex flex-col gap-6">
            <ContextFields fields={fields} draft={draft} onChange={change} errors={errors} />
          </CardBody>
        </Card>
        <div className="flex min-w-0 flex-col gap-6">
          <Section id="makes" title="What it makes">
            <Plan plan={plan} zone={zone} />
          </Section>
          <Section id="try" title="Try it">
            <div className="flex flex-col gap-4">
              <p className="text-sm text-soft">
                It runs now, with what is filled in, and shows its first result here. It changes nothing, and
                nothing is posted.
              </p>
              <div>
                <Button pending={trial.isPending} onClick={tryIt}>
                  {!trial.isPending && <FlaskConical aria-hidden />}
                  Try it
                </Button>
              </div>
              {trial.data && <Trial key={trial.data} slug={slug} id={trial.data} />}
            </div>
          </Section>
        </div>
      </div>
      <Refusal errors={errors} error={making.error ?? trial.error} />
      <Footer
        slug={slug}
        pending={making.pending}
        incomplete={incomplete}
        makeAndRun={() => void make(true)}
      />
    </form>
  )
}

/** The first field that is wrong takes the focus. */
function useFocusOnFault(form: React.RefObject<HTMLFormElement | null>, errors: Record<string, string>) {
  const told = Object.keys(errors).join(' ')
  useEffect(() => {
    if (!told) return
    form.current?.querySelector<HTMLElement>('input[data-invalid], textarea[data-invalid]')?.focus()
  }, [form, told])
}

/** What has no field of its own is said in full. */
function Refusal({ errors, error }: { errors: Record<string, string>; error: unknown }) {
  const all = Object.keys(errors)
  return (
    <div role="alert" className="text-sm text-bad empty:hidden">
      {all.length > 0 && (
        <p className="font-medium">
          {all.length === 1 ? 'One thing needs' : `${all.length} things need`} your attention.
        </p>
      )}
      {errors.context && <p>{errors.context}</p>}
      {error !== null && all.length === 0 && <ProblemNote error={error} />}
    </div>
  )
}

interface FooterProps {
  slug: string
  pending: boolean
  /** It will be paused: to run it now would only fail. */
  incomplete: boolean
  makeAndRun(): void
}

function Footer({ slug, pending, incomplete, makeAndRun }: FooterProps) {
  return (
    <footer className="sticky bottom-0 -mx-4 flex flex-wrap items-center justify-end gap-2 border-t border-line bg-ground/95 px-4 py-3 backdrop-blur-sm sm:-mx-8 sm:px-8">
      <ButtonLink variant="ghost" href={`/w/${slug}/templates`}>
        Cancel
      </ButtonLink>
      {!incomplete && (
        <Button pending={pending} onClick={makeAndRun}>
          Create & run now
        </Button>
      )}
      <Button type="submit" variant="primary" pending={pending}>
        {incomplete ? 'Create, paused' : 'Create'}
      </Button>
    </footer>
  )
}
