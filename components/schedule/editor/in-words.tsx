'use client'
/** A line above the form that fills it in: what is to happen, and when, as one would say it. */
import { Sparkles } from 'lucide-react'
import { type KeyboardEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { fieldErrors } from '#lib/client/problem.ts'
import { usePropose } from '#lib/client/proposals.ts'
import { type Proposal, SAID_LIKE } from '#lib/contract/said-like.ts'
import { followsClock } from '../kinds.ts'
import type { Draft } from './draft.ts'

interface Props {
  slug: string
  draft: Pick<Draft, 'agentId' | 'agentType' | 'timezone'>
  /** Resolves when the form has it. */
  onProposal(proposal: Proposal): Promise<void>
}

export function InWords({ slug, draft, onProposal }: Props) {
  const [text, setText] = useState('')
  const [filled, setFilled] = useState<Proposal | null>(null)
  const propose = usePropose(slug)
  const refused = propose.error ? fieldErrors(propose.error).text : undefined
  const { agentId, agentType, timezone } = draft
  const fill = () => {
    if (text.trim() === '') return
    const known = agentId === '' ? {} : { agentId, agentType }
    propose.mutate(
      { text: text.trim(), timezone, ...known },
      {
        // It is said only once the form has it: whoever saves then saves that.
        onSuccess: (it) => void onProposal(it).then(() => setFilled(it)),
      },
    )
  }
  // It stands in the form, and must not send it.
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return
    event.preventDefault()
    fill()
  }
  return (
    <section
      aria-label="In words"
      className="flex flex-col gap-2 rounded-xl border border-line bg-sunken p-5"
    >
      <Field
        label="Say it in words"
        error={refused}
        hint={refused ? undefined : 'It fills the form in; nothing is planned before you save it.'}
      >
        <span className="flex flex-wrap items-center gap-2">
          <Input
            className="flex-1 basis-52"
            value={text}
            placeholder={SAID_LIKE[0]}
            autoComplete="off"
            onValueChange={(next) => {
              setText(next)
              propose.reset()
              setFilled(null)
            }}
            onKeyDown={press}
          />
          <Button pending={propose.isPending} onClick={fill}>
            <Sparkles aria-hidden />
            Fill in
          </Button>
        </span>
      </Field>
      {propose.error && !refused && <ProblemNote error={propose.error} />}
      {filled && (
        <div role="status" className="text-sm text-soft">
          <p>
            <span className="font-medium text-ink">{filled.humanReadable}</span>, done by {filled.agentName}.
            Look through it, then save it.
          </p>
          {unsaid(filled).map((it) => (
            <p key={it} className="text-warn">
              {it}
            </p>
          ))}
        </div>
      )}
    </section>
  )
}

/** What stands nowhere else: the preview beside the form, of what follows the clock, says the rest. */
const unsaid = ({ trigger, warnings, notes }: Proposal): string[] =>
  followsClock(trigger.kind) ? notes : warnings
