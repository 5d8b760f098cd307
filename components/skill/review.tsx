'use client'
/** One skill: what it is, what it says and asks for, and how it is accepted. */
import { useRouter } from 'next/navigation'
import type { ReactNode } from 'react'
import { BackLink } from '#components/ui/back-link.tsx'
import { Button } from '#components/ui/button.tsx'
import { Section } from '#components/ui/card.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { useDeleteSkill, useSkill } from '#lib/client/skills.ts'
import type { SkillDetail } from '#lib/contract/skill.ts'
import { AcceptForm } from './accept-form.tsx'
import { Files, LongText } from './files.tsx'
import { FORMATS, SkillState } from './state.tsx'

export function SkillReview({ slug, id }: { slug: string; id: number }) {
  const skill = useSkill(slug, id)
  const back = <BackLink href={`/w/${slug}/settings#skills`}>Settings</BackLink>
  if (!skill.data)
    return (
      <Page title="Skill" back={back} width="narrow">
        {skill.error ? (
          <Problem error={skill.error} retry={skill.refetch} title="The skill could not be loaded" />
        ) : (
          <WaitingRows rows={4} height="h-24" />
        )}
      </Page>
    )
  const it = skill.data
  return (
    <Page
      title={it.name}
      back={back}
      width="narrow"
      description={it.description}
      actions={<Remove slug={slug} skill={it} />}
    >
      <Standing skill={it} />
      <About skill={it} />
      {it.instructions !== null && (
        <Section id="instructions" title="What agents are told">
          <LongText label="What agents are told" text={it.instructions} />
        </Section>
      )}
      <Files files={it.files} />
      {/* With other files it is another form; once it is accepted, what was typed in confidence is not kept. */}
      <AcceptForm key={`${it.sha256} ${it.acceptedAt}`} slug={slug} skill={it} />
    </Page>
  )
}

function Standing({ skill }: { skill: SkillDetail }) {
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <SkillState skill={skill} />
      <p className="min-w-0 flex-1 basis-60 text-sm text-soft">{wordsFor(skill)}</p>
    </div>
  )
}

function wordsFor({ status, acceptedSha256, format }: SkillDetail): string {
  if (status === 'accepted')
    return format === 'agent-skill'
      ? 'Agents that have it are told its text.'
      : 'It runs with just these files; with others it would be under review again.'
  return acceptedSha256 === null
    ? 'Nothing of it runs until you accept it.'
    : 'Its files are others than were accepted: nothing of it runs until you accept these.'
}

function About({ skill: it }: { skill: SkillDetail }) {
  return (
    <Section id="about" title="What it is">
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm">
        <Fact name="Kind">
          {FORMATS[it.format]} <code className="font-mono">{it.hubId}</code>
        </Fact>
        <Fact name="From">{it.source === 'folder' ? 'a folder of the server' : 'a zip'}</Fact>
        {it.author && <Fact name="By">{it.author}, as it says</Fact>}
        {it.skillVersion && <Fact name="Its version">{it.skillVersion}</Fact>}
        <Fact name="Here since">
          <RelativeTime at={it.updatedAt} />, as version {it.version}
        </Fact>
        <Fact name="SHA-256">
          <code className="font-mono text-xs">{it.sha256}</code>
        </Fact>
        {it.usedBy.length > 0 && <Fact name="Used by">{it.usedBy.map(({ name }) => name).join(', ')}</Fact>}
        {it.format === 'anythingllm' && <Fact name="Kept apart">{it.containment.detail}</Fact>}
      </dl>
      {it.warnings.length > 0 && (
        <div className="mt-4 rounded-lg bg-warn-soft px-4 py-3 text-sm text-warn">
          <h3 className="font-semibold">What you should know</h3>
          <ul className="mt-1 flex list-disc flex-col gap-1 pl-5">
            {it.warnings.map((words) => (
              <li key={words} className="wrap-anywhere">
                {words}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Section>
  )
}

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt className="text-faint">{name}</dt>
    <dd className="min-w-0 wrap-anywhere">{children}</dd>
  </>
)

function Remove({ slug, skill: { id, name, source, usedBy } }: { slug: string; skill: SkillDetail }) {
  const router = useRouter()
  const remove = useDeleteSkill(slug)
  return (
    <Confirm
      danger
      trigger={<Button variant="quietDanger">Remove</Button>}
      title={`Remove “${name}”?`}
      confirmLabel="Remove"
      onConfirm={async () => {
        await remove.mutateAsync(id)
        router.push(`/w/${slug}/settings#skills`)
      }}
    >
      {usedBy.length > 0
        ? `It is used by ${usedBy.map((it) => it.name).join(', ')}: give them another first.`
        : source === 'folder'
          ? 'What it is set up with is forgotten. Its folder stays on the server: as long as it does, it comes back to be looked at.'
          : 'Its files and what it is set up with are forgotten.'}
    </Confirm>
  )
}
