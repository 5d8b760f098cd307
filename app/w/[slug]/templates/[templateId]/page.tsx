import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { TemplateForm } from '#components/template/template-form.tsx'
import { problemOf } from '#lib/contract/problem.ts'
import { carillon } from '#lib/http/pinned.ts'
import { requireMember } from '../../../../session.ts'

interface Props {
  params: Promise<{ slug: string; templateId: string }>
}

const templateAt = cache(async (slug: string, templateId: string) => {
  const { workspace } = await requireMember(slug, 'editor')
  const template = await carillon()
    .templates.get(templateId)
    .catch((error) => {
      if (problemOf(error)?.status === 404) notFound()
      throw error
    })
  return { slug: workspace.slug, template }
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const it = await params
  return { title: (await templateAt(it.slug, it.templateId)).template.name }
}

export default async function TemplatePage({ params }: Props) {
  const it = await params
  const { slug, template } = await templateAt(it.slug, it.templateId)
  return <TemplateForm slug={slug} template={template} />
}
