'use client'
/** Templates as cards: what each does, when it runs, what it needs. */
import {
  Activity,
  CalendarCheck,
  Clock,
  FileText,
  type LucideIcon,
  Mail,
  Newspaper,
  Plug,
  Plus,
  Sparkles,
  WandSparkles,
} from 'lucide-react'
import { Link } from '#components/ui/link.tsx'
import { BackLink } from '#components/ui/back-link.tsx'
import { ButtonLink } from '#components/ui/button.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { useMay } from '#lib/client/people.ts'
import { useTemplates } from '#lib/client/templates.ts'
import type { Template } from '#lib/contract/template.ts'

const ICONS: Readonly<Record<string, LucideIcon>> = {
  'summary-agent': Newspaper,
  maintenance: WandSparkles,
  'webhook-caller': Activity,
  'doc-processor': FileText,
  'email-monitor': Mail,
  'calendar-agent': CalendarCheck,
}

export function Gallery({ slug }: { slug: string }) {
  const may = useMay(slug, 'editor')
  return (
    <Page
      title="Templates"
      description={`Schedules that are useful from the first day. ${
        may
          ? 'Choose one, fill in what it asks, and try it before it is made.'
          : 'Making one takes the role editor in this workspace.'
      }`}
      back={<BackLink href={`/w/${slug}/schedules`}>Schedules</BackLink>}
      actions={
        may && (
          <ButtonLink href={`/w/${slug}/schedules/new`}>
            <Plus aria-hidden />
            Start from scratch
          </ButtonLink>
        )
      }
    >
      <TemplateCards slug={slug} heading="h2" />
    </Page>
  )
}

export function TemplateCards({ slug, heading }: { slug: string; heading: 'h2' | 'h3' }) {
  const templates = useTemplates()
  const may = useMay(slug, 'editor')
  if (templates.data)
    return (
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {templates.data.map((it) => (
          <li key={it.id} className="flex">
            <TemplateCard
              template={it}
              heading={heading}
              href={may ? `/w/${slug}/templates/${it.id}` : null}
            />
          </li>
        ))}
      </ul>
    )
  if (templates.error)
    return (
      <Problem error={templates.error} retry={templates.refetch} title="The templates could not be loaded" />
    )
  return <WaitingRows rows={4} height="h-28" />
}

interface CardProps {
  template: Template
  heading: 'h2' | 'h3'
  /** Null: whoever looks may make nothing. */
  href: string | null
}

function TemplateCard({ template: { name, description, needs, makes }, heading: Heading, href }: CardProps) {
  const Icon = ICONS[makes.agentId] ?? Sparkles
  return (
    <article className="relative flex w-full min-w-0 flex-col gap-3 rounded-xl border border-line bg-surface p-5 shadow-card transition-colors has-[a:hover]:bg-hover">
      <div className="flex items-center gap-3">
        <span
          aria-hidden
          className="flex size-9 shrink-0 items-center justify-center rounded-lg bg-accent-soft text-accent-text"
        >
          <Icon className="size-5" />
        </span>
        <Heading className="min-w-0 text-base font-semibold wrap-anywhere">
          {href ? (
            // The whole card is pressed; what is read out is its name.
            <Link href={href} className="after:absolute after:inset-0 after:rounded-xl">
              {name}
            </Link>
          ) : (
            name
          )}
        </Heading>
      </div>
      <p className="flex-1 text-sm text-soft">{description}</p>
      <dl className="flex flex-col gap-1.5 text-sm text-faint [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0">
        <Fact label="Runs" icon={<Clock aria-hidden />}>
          {usually(makes.humanReadable)}
        </Fact>
        <Fact label="Needs" icon={<Plug aria-hidden />}>
          {needsOf(needs)}
        </Fact>
      </dl>
    </article>
  )
}

function needsOf(needs: Template['needs']): string {
  const namesOf = (optional: boolean) => needs.flatMap((it) => (it.optional === optional ? it.name : []))
  const [must, may] = [namesOf(false).join(', '), namesOf(true).join(' and ')]
  const words = [must, may && `${may} if you like`].filter(Boolean).join(', ')
  return words === '' ? 'Nothing else' : words.charAt(0).toUpperCase() + words.slice(1)
}

/** The zone is asked for. */
const usually = (words: string) => words.replace(/ \(UTC\)$/, '')

function Fact({ label, icon, children }: { label: string; icon: React.ReactNode; children: string }) {
  return (
    <div className="flex items-start gap-2">
      {icon}
      <dt className="sr-only">{label}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  )
}
