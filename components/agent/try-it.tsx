'use client'
/** The agent tried out beside its form: a staged run, whose steps appear while it goes on. */
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { Trial } from '#components/execution/trial.tsx'
import { Button } from '#components/ui/button.tsx'
import { Section } from '#components/ui/card.tsx'
import { Field } from '#components/ui/field.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { Textarea } from '#components/ui/textarea.tsx'
import { useTryAgent } from '#lib/client/agents.ts'
import { fieldErrors } from '#lib/client/problem.ts'

/** `unsaved`: what is tried is what was saved last. */
export function TryIt({ slug, agentId, unsaved }: { slug: string; agentId: string; unsaved: boolean }) {
  const trying = useTryAgent(slug, agentId)
  const [text, setText] = useState('{}')
  const [wrong, setWrong] = useState<string | null>(null)
  const refused = Object.values(fieldErrors(trying.error)).join(' ') || null

  function run() {
    try {
      const context = JSON.parse(text || '{}') as Record<string, unknown>
      setWrong(null)
      trying.mutate(context)
    } catch (error) {
      setWrong(`That is not JSON: ${(error as Error).message}`)
    }
  }
  return (
    <Section id="try" title="Try it">
      <div className="flex flex-col gap-4">
        <p className="text-sm text-soft">
          It asks its model and reads what it may; whatever would change something or leave the installation
          is only shown. Nothing is posted. It counts in the budgets.
          {unsaved && ' Save first: what is tried is what was saved last.'}
        </p>
        <Field label="Context" error={wrong ?? refused}>
          <Textarea
            spellCheck={false}
            className="min-h-16 font-mono"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </Field>
        <div>
          <Button pending={trying.isPending} onClick={run}>
            {!trying.isPending && <FlaskConical aria-hidden />}
            Try it
          </Button>
        </div>
        {trying.error && !refused && <ProblemNote error={trying.error} />}
        {trying.data && <Trial key={trying.data} slug={slug} id={trying.data} />}
      </div>
    </Section>
  )
}
