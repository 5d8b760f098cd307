'use client'
/**
 * What the agent is to do, and what the model of a run reads of that: made by the server as it is for a run, of what
 * stands in the form. What was shown last stays until there is something newer.
 */
import { useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { Field } from '#components/ui/field.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { useResting } from '#components/ui/resting.ts'
import { Textarea } from '#components/ui/textarea.tsx'
import { ScrollRegion } from '#components/ui/scroll-region.tsx'
import { usePromptPreview } from '#lib/client/agents.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import type { AgentPrompt } from '#lib/contract/custom-agent.ts'
import type { Part } from './part.ts'
import { type Asked, type Asking, askedOf, type Problems, problemsIn } from './preview.ts'

const REST_MS = 300

export function Instructions({ slug, draft, change, errors }: Part & { slug: string }) {
  const [open, setOpen] = useState(false)
  const [context, setContext] = useState<string | null>(null)
  const asked = askedOf(draft, context)
  const { prompt, error } = usePrompt(slug, asked, open)
  const told = fieldErrors(error)
  const problems = merged(problemsIn(told), asked.problems)
  return (
    <div className="flex flex-col gap-2">
      <Field
        label="Instructions"
        error={errors.instructions ?? (open ? problems.instructions : undefined)}
        hint="{{now}}, {{planned}}, {{schedule.name}} and {{context.…}} stand for what the run knows."
      >
        <Textarea
          value={draft.instructions}
          onChange={(event) => change({ instructions: event.currentTarget.value })}
          className="min-h-40"
          placeholder="Look through the documents that came in since the last run and say, in three sentences, what matters."
        />
      </Field>
      <Disclosure title="What the model will read" open={open} onOpenChange={setOpen}>
        <div className="flex flex-col gap-4 pt-2">
          <p className="text-sm text-soft">
            What a run that is planned for now would be told. Secrets of the context read •••.
          </p>
          <Field label="Example context" error={problems.context}>
            <Textarea
              spellCheck={false}
              className="min-h-16 font-mono"
              value={asked.context}
              onChange={(event) => setContext(event.currentTarget.value)}
            />
          </Field>
          {context !== null && (
            <Button size="sm" className="self-start" onClick={() => setContext(null)}>
              Use the first example again
            </Button>
          )}
          {problems.note && <p className="text-sm text-soft">{problems.note}</p>}
          {prompt && Object.values(problems).some(Boolean) && (
            <p className="text-sm text-soft">Until this is fixed, the last version that worked is shown.</p>
          )}
          {error !== null && Object.keys(told).length === 0 && <ProblemNote error={error} />}
          <Told title="System prompt" text={prompt?.instructions} />
          <Told title="First message" text={prompt?.message} />
        </div>
      </Disclosure>
    </div>
  )
}

/** What the form itself sees comes before what the server said of an earlier state of it. */
const merged = (told: Problems, own: Problems): Problems =>
  own.note ? own : { ...told, context: own.context ?? told.context }

const Told = ({ title, text }: { title: string; text: string | undefined }) => (
  <ScrollRegion
    aria-label={title}
    aria-busy={text === undefined}
    className="max-h-96 min-h-24 overflow-auto rounded-lg border border-line bg-sunken p-3"
  >
    <h3 className="mb-1.5 text-xs font-medium text-faint">{title}</h3>
    <pre className="font-mono text-xs leading-relaxed whitespace-pre-wrap wrap-anywhere">{text}</pre>
  </ScrollRegion>
)

interface Known {
  prompt: AgentPrompt | undefined
  error: unknown
}

/** What was answered last, until there is a newer answer: what is read does not come and go while it is typed. */
function usePrompt(slug: string, { body }: Asked, open: boolean): Known {
  const rested = useResting(JSON.stringify(body), REST_MS)
  const answer = usePromptPreview(slug, open ? (JSON.parse(rested) as Asking | null) : null)
  const [known, setKnown] = useState<Known>({ prompt: undefined, error: null })
  const newest = { prompt: answer.data ?? known.prompt, error: answer.error }
  if (!answer.isPending && (newest.prompt !== known.prompt || newest.error !== known.error)) setKnown(newest)
  return known
}
