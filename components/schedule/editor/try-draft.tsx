'use client'
/** A run of the schedule as it stands in the form: what has an effect is said, and not done. */
import { useState } from 'react'
import { Trial } from '#components/execution/trial.tsx'
import { Button } from '#components/ui/button.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { useTryDraft } from '#lib/client/ahead.ts'
import { contextErrors } from '../context/draft.ts'
import { contextOf, type Draft } from './draft.ts'

export function TryDraft({ slug, draft, self }: { slug: string; draft: Draft; self: number | undefined }) {
  const trial = useTryDraft(slug)
  const [id, setId] = useState<number | null>(null)
  const context = contextOf(draft)
  const isReady = draft.agentId !== '' && Object.keys(contextErrors(context)).length === 0
  const run = () =>
    trial.mutate(
      {
        name: draft.name.trim() || 'Draft',
        ...{ agentId: draft.agentId, agentType: draft.agentType, context: context.value },
        ...(self !== undefined && { id: self }),
      },
      { onSuccess: setId },
    )
  return (
    <div className="flex flex-col gap-3 pt-3 text-sm">
      <p className="text-soft">
        {isReady
          ? 'It runs now, once. What has an effect is said and not done; nothing is posted.'
          : 'Choose who does the work first.'}
      </p>
      {isReady && (
        <Button className="self-start" size="sm" pending={trial.isPending} onClick={run}>
          {id === null ? 'Try it' : 'Try it again'}
        </Button>
      )}
      {trial.error && <ProblemNote error={trial.error} />}
      {id !== null && <Trial key={id} slug={slug} id={id} />}
    </div>
  )
}
