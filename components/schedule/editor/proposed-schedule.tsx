/** The editor for a schedule that was put forward: it opens as it was proposed. */
import { Problem } from '#components/ui/problem.tsx'
import { useProposal } from '#lib/client/proposals.ts'
import { type EditorFacts, emptyDraft } from './draft.ts'
import { EditorSkeleton } from './edit-schedule.tsx'
import { Editor } from './editor.tsx'
import { withProposal } from './proposed.ts'

interface Props {
  slug: string
  facts: EditorFacts
  id: number
  zone: string
}

export function Proposed({ slug, facts, id, zone }: Props) {
  const proposal = useProposal(slug, id)
  if (proposal.data) {
    const initial = emptyDraft(zone, facts)
    const begun = withProposal(initial, proposal.data, facts)
    return <Editor slug={slug} facts={facts} viewerZone={zone} initial={initial} begun={begun} />
  }
  if (proposal.error)
    return (
      <Problem error={proposal.error} retry={proposal.refetch} title="The proposal could not be loaded" />
    )
  return <EditorSkeleton />
}
