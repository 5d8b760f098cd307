import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { TemplateForm } from '#components/template/template-form.tsx'
import { Reserved } from '#components/shell/reserved.tsx'
import { problemOf } from '#lib/contract/problem.ts'
import { carillon } from '#lib/http/pinned.ts'
import { memberWith } from '../../../../session.ts'

interface Props {
  params: Promise<{ slug: string; templateId: string }>
}

/** Null for who may only look. */
const templateAt = cache(async (slug: string, templateId: string) => {
  const workspace = await memberWith(slug, 'editor')
  if (!workspace) return null
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
  return { title: (await templateAt(it.slug, it.templateId))?.template.name ?? 'Template' }
}

export default async function TemplatePage({ params }: Props) {
  const it = await params
  const found = await templateAt(it.slug, it.templateId)
  if (!found) return <Reserved title="Template" to="editor" slug={it.slug} />
  const { slug, template } = found
  return <TemplateForm slug={slug} template={template} />
}
