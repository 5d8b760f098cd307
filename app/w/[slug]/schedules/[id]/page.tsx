import type { Metadata } from 'next'
import { Schedule } from '#components/schedule/schedule.tsx'
import { carillon } from '#lib/http/pinned.ts'
import { requireMember, scheduleAt } from '../../../../session.ts'

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
  return <Schedule slug={slug} id={id} known={thing} agents={agents} />
}
