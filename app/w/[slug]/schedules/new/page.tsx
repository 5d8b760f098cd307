import type { Metadata } from 'next'
import { policyFacts } from '#components/schedule/editor/facts.ts'
import { NewSchedule } from '#components/schedule/editor/new-schedule.tsx'
import { requireMember } from '../../../../session.ts'

export const metadata: Metadata = { title: 'New schedule' }

interface Props {
  params: Promise<{ slug: string }>
  searchParams: Promise<{ from?: string | string[]; copy?: string | string[] }>
}

const one = (given: string | string[] | undefined) => (Array.isArray(given) ? given[0] : given)

export default async function NewSchedulePage({ params, searchParams }: Props) {
  const { workspace } = await requireMember((await params).slug, 'editor')
  const { from, copy } = await searchParams
  return (
    <NewSchedule
      slug={workspace.slug}
      facts={policyFacts()}
      from={one(from)}
      copy={Number(one(copy)) || undefined}
    />
  )
}
