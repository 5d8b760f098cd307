import type { Metadata } from 'next'
import { drawnWith } from '#components/chat/drawn.tsx'
import { eventWords } from '#components/event/facts.ts'
import { ExecutionPage } from '#components/execution/execution.tsx'
import { SinceSuccess } from '#components/schedule/since-success.tsx'
import { executionAt, sinceItWorked } from '../../../../session.ts'

interface Props {
  params: Promise<{ slug: string; id: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug, id } = await params
  const { thing } = await executionAt(slug, id)
  return { title: thing ? `Run ${thing.id} of ${thing.triggerName}` : 'Run' }
}

export default async function RunPage({ params }: Props) {
  const it = await params
  const { slug, id, thing } = await executionAt(it.slug, it.id)
  const worked = thing?.status === 'failed' && (
    <SinceSuccess
      {...{ slug, triggerId: thing.triggerId, executionId: id, known: await sinceItWorked(thing, id) }}
    />
  )
  return drawnWith(
    thing?.output ? [thing.output] : [],
    <ExecutionPage slug={slug} id={id} known={thing} worked={worked} words={eventWords()} />,
  )
}
