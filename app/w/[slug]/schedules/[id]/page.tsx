import type { Metadata } from 'next'
import { Schedule } from '#components/schedule/schedule.tsx'
import { SinceSuccess } from '#components/schedule/since-success.tsx'
import { carillon } from '#lib/http/pinned.ts'
import { requireMember, scheduleAt, sinceItWorked } from '../../../../session.ts'

interface Props {
  params: Promise<{ slug: string; id: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug, id } = await params
  return { title: (await scheduleAt(slug, id)).thing?.name ?? 'Schedule' }
}

export default async function SchedulePage({ params }: Props) {
  const it = await params
  const { workspace } = await requireMember(it.slug)
  const [{ slug, id, thing }, agents] = await Promise.all([
    scheduleAt(it.slug, it.id),
    carillon().agents.list(workspace.id),
  ])
  const known =
    thing?.lastStatus === 'failed' && (await sinceItWorked({ workspaceId: workspace.id, triggerId: id }))
  const worked = known && <SinceSuccess {...{ slug, triggerId: id, known }} />
  return <Schedule slug={slug} id={id} known={thing} worked={worked} agents={agents} />
}
