'use client'
/** The editor for a schedule that is yet to be: empty, or the copy of another. */
import { Suspense } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { BackLink } from '#components/ui/back-link.tsx'
import { Page } from '#components/ui/page.tsx'
import { useZone } from '#components/ui/time.tsx'
import { useAgents } from '#lib/client/workspaces.ts'
import type { UsedAgent } from '#lib/contract/agent.ts'
import { EditorSkeleton } from './edit-schedule.tsx'
import { type Draft, type EditorFacts, emptyDraft, withKind } from './draft.ts'
import { Editor } from './editor.tsx'

const Proposed = lazily(async () => ({ default: (await import('./proposed-schedule.tsx')).Proposed }))
const Copy = lazily(async () => ({ default: (await import('./copy-schedule.tsx')).Copy }))

export function NewSchedule({
  slug,
  facts,
  copy,
  proposal,
  agents,
  agent,
  event,
}: {
  slug: string
  facts: EditorFacts
  copy?: number | undefined
  /** What was put forward, to be changed before it is made. */
  proposal?: number | undefined
  /** What the server said while it drew the page. */
  agents: UsedAgent[]
  /** Who does the work, where that is known already. */
  agent?: Pick<Draft, 'agentId' | 'agentType'> | undefined
  /** What it waits for, where that is known already. */
  event?: string | undefined
}) {
  const zone = useZone()
  useAgents(slug, agents)
  return (
    <Page title="New schedule" back={<BackLink href={`/w/${slug}/schedules`}>Schedules</BackLink>}>
      {zone === null ? (
        <EditorSkeleton />
      ) : proposal !== undefined ? (
        <Suspense fallback={<EditorSkeleton />}>
          <Proposed slug={slug} facts={facts} id={proposal} zone={zone} />
        </Suspense>
      ) : copy !== undefined ? (
        <Suspense fallback={<EditorSkeleton />}>
          <Copy slug={slug} facts={facts} id={copy} zone={zone} />
        </Suspense>
      ) : (
        <Editor
          slug={slug}
          facts={facts}
          viewerZone={zone}
          initial={{ ...begun(zone, facts, event), ...agent }}
        />
      )}
    </Page>
  )
}

function begun(zone: string, facts: EditorFacts, event: string | undefined): Draft {
  const draft = emptyDraft(zone, facts)
  if (event === undefined) return draft
  return { ...draft, ...withKind(draft, 'event', facts), event: { ...draft.event, types: [event] } }
}
