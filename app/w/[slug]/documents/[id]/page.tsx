import type { Metadata } from 'next'
import { DocumentPage } from '#components/document/document.tsx'
import { documentAt } from '../../../../session.ts'

interface Props {
  params: Promise<{ slug: string; id: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { slug, id } = await params
  const { thing } = await documentAt(slug, id)
  return { title: thing?.name ?? 'Document' }
}

/** Longer texts come after the page. */
const MOST_DRAWN = 50_000

export default async function OneDocumentPage({ params }: Props) {
  const it = await params
  const { slug, id, thing } = await documentAt(it.slug, it.id)
  const known = thing && thing.text.length <= MOST_DRAWN ? thing : null
  return <DocumentPage slug={slug} id={id} known={known} />
}
