'use client'
/** Places outside that events come from: how each stands, what listens to it, and what is to be told again. */
import { Radio } from 'lucide-react'
import { lazily } from '#components/ui/lazily.tsx'
import { AddDialog } from '#components/ui/add-dialog.tsx'
import { Badge, type Tone } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { RemoveButton } from '#components/ui/remove-button.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { useCheckSource, useDeleteSource, useSources } from '#lib/client/sources.ts'
import type { Source, SourceKind, SourceStatus } from '#lib/contract/source.ts'

const SourceForm = lazily(() => import('./source-form.tsx'))
const SourceRewind = lazily(() => import('./source-rewind.tsx'))

const STATES: Record<SourceStatus, { words: string; tone: Tone }> = {
  ok: { words: 'Checked', tone: 'good' },
  failing: { words: 'Failing', tone: 'bad' },
  auth_required: { words: 'Needs a sign-in', tone: 'bad' },
}
/** It may be back at the next look. */
const AWAY = { words: 'Away', tone: 'warn' } as const
const KINDS: Record<SourceKind, string> = { imap: 'Mailbox', feed: 'Feed', folder: 'Folder' }

export function Sources({ slug }: { slug: string }) {
  return (
    <ListCard
      id="sources"
      title="Sources"
      about="What arrives there becomes an event that schedules can wait for."
      action={
        <AddDialog label="Add a source" title="Add a source of events">
          {(done) => <SourceForm slug={slug} source={null} onDone={done} />}
        </AddDialog>
      }
      items={useSources(slug)}
      empty={{
        icon: <Radio />,
        title: 'No sources yet',
        words: 'Have an agent run when mail arrives, a feed has something new, or a file changes.',
      }}
    >
      {(it) => <One key={it.id} slug={slug} source={it} />}
    </ListCard>
  )
}

function One({ slug, source: it }: { slug: string; source: Source }) {
  const checking = useCheckSource(slug)
  const { words, tone } = it.status === 'ok' && it.lastError !== null ? AWAY : STATES[it.status]
  return (
    <li className="flex flex-col gap-2 px-5 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-52">
          <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
            {it.name}
            <Badge tone={tone}>{words}</Badge>
          </p>
          <p className="text-sm text-faint wrap-anywhere">
            {KINDS[it.kind]}: {it.about}
          </p>
          <p className="text-sm text-faint">
            {it.lastCheckedAt === null ? (
              'Not checked yet'
            ) : (
              <>
                Checked <RelativeTime at={it.lastCheckedAt} />
              </>
            )}
            {it.usedBy.length > 0 && `; heard by ${it.usedBy.map(({ name }) => name).join(', ')}`}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button
            size="sm"
            pending={checking.isPending}
            aria-label={`Check now: ${it.name}`}
            onClick={() => checking.mutate(it.id)}
          >
            Check now
          </Button>
          <AddDialog label="Rewind" title={`Rewind ${it.name}`} quiet>
            {(done) => <SourceRewind slug={slug} source={it} onDone={done} />}
          </AddDialog>
          <AddDialog label="Edit" title={`Edit ${it.name}`} quiet>
            {(done) => <SourceForm slug={slug} source={it} onDone={done} />}
          </AddDialog>
          <Remove slug={slug} source={it} />
        </div>
      </div>
      <p role="status" className="text-sm text-bad wrap-anywhere empty:hidden">
        {checking.error?.message ?? it.lastError}
      </p>
      {it.baselineReason && <p className="text-sm text-warn wrap-anywhere">{it.baselineReason}</p>}
    </li>
  )
}

function Remove({ slug, source: { id, name, usedBy } }: { slug: string; source: Source }) {
  const remove = useDeleteSource(slug)
  return (
    <RemoveButton of={name} title={`Remove “${name}”?`} onConfirm={() => remove.mutateAsync(id)}>
      {usedBy.length === 0
        ? 'No schedule listens to it. Its past events stay.'
        : `Used by ${usedBy.map((it) => it.name).join(', ')}: have them listen to another source first.`}
    </RemoveButton>
  )
}
