'use client'
/** A newer version of the template that a schedule was made from: what it changes, and what stays. */
import { LayoutTemplate } from 'lucide-react'
import { Button } from '#components/ui/button.tsx'
import { Section } from '#components/ui/card.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { toast } from '#components/ui/toast.tsx'
import { useFollowTemplate, useTemplateUpdate } from '#lib/client/templates.ts'
import type { TemplateUpdate } from '#lib/contract/template.ts'

export function TemplateNews({ slug, id }: { slug: string; id: number }) {
  const { data: update } = useTemplateUpdate(slug, id)
  const follow = useFollowTemplate(slug, id)
  // That it could not be asked is no news either.
  if (!update) return null
  const { changes, kept } = update
  return (
    <Section id="template-news" title="Its template has a newer version">
      <div className="flex flex-col gap-4">
        <Changes label="It changes" changes={changes} />
        <Changes label="You have changed this yourselves, and it stays" changes={kept} />
        <div>
          <Button
            pending={follow.isPending}
            onClick={() =>
              follow.mutate(undefined, { onSuccess: () => toast.success('It follows its template') })
            }
          >
            {!follow.isPending && <LayoutTemplate aria-hidden />}
            Follow the template
          </Button>
        </div>
        {follow.error && <ProblemNote error={follow.error} />}
      </div>
    </Section>
  )
}

function Changes({ label, changes }: { label: string; changes: TemplateUpdate['changes'] }) {
  if (changes.length === 0) return null
  return (
    <section aria-label={label} className="flex flex-col gap-1.5 text-sm">
      <h3 className="font-medium">{label}</h3>
      <ul className="flex flex-col gap-1.5">
        {changes.map(({ path, from, to }) => (
          <li key={path} className="wrap-anywhere">
            <code className="font-mono text-xs">{path}</code>: <del className="text-faint">{shown(from)}</del>{' '}
            <ins className="no-underline">{shown(to)}</ins>
          </li>
        ))}
      </ul>
    </section>
  )
}

const shown = (value: unknown) =>
  value === null ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value)
