'use client'
/** Where people elsewhere are told, whether that works, and how to add another place. */
import { BellRing } from 'lucide-react'
import { lazily } from '#components/ui/lazily.tsx'
import { AddDialog } from '#components/ui/add-dialog.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { RemoveButton } from '#components/ui/remove-button.tsx'
import { useZone } from '#components/ui/time.tsx'
import { useChannels, useDeleteChannel, useTestChannel } from '#lib/client/channels.ts'
import type { Channel } from '#lib/contract/delivery.ts'
import { KIND_NAMES, paceInWords, paceOf } from './words.ts'

const ChannelForm = lazily(() => import('./channel-form.tsx'))

const WORDS = {
  ofWorkspace: {
    id: 'channels',
    title: 'Channels',
    about: 'Where messages go: a mailbox, a chat, a phone, a program of yours.',
    add: 'Add a channel',
    none: 'No channels yet',
  },
  own: {
    id: 'own-channels',
    title: 'Your own channels',
    about: 'For you alone. Nobody else sees them, and you can use them in the rules that you write.',
    add: 'Add a channel of your own',
    none: 'No channels of your own yet',
  },
} as const

/** `slug` null: those of the reader alone. */
export function Channels({ slug }: { slug: string | null }) {
  const { id, title, about, add, none } = WORDS[slug === null ? 'own' : 'ofWorkspace']
  return (
    <ListCard
      {...{ id, title, about }}
      action={
        <AddDialog label="Add a channel" title={add}>
          {(done) => <ChannelForm slug={slug} channel={null} onDone={done} />}
        </AddDialog>
      }
      items={useChannels(slug)}
      empty={{
        icon: <BellRing />,
        title: none,
        words: 'Add one, send it a test, then add a rule that says what goes there.',
      }}
    >
      {(it) => <Row key={it.id} slug={slug} channel={it} />}
    </ListCard>
  )
}

function factsOf(it: Channel, viewer: string | null): string {
  const rules = it.rules === 0 ? 'no rules use it yet' : it.rules === 1 ? '1 rule' : `${it.rules} rules`
  return `${rules} · ${paceInWords(paceOf(it), viewer)}`
}

function Row({ slug, channel: it }: { slug: string | null; channel: Channel }) {
  const testing = useTestChannel(slug)
  const remove = useDeleteChannel(slug)
  const zone = useZone()
  return (
    <li className="flex flex-col gap-2 px-5 py-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-52">
          <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
            {it.name}
            <Badge>{KIND_NAMES[it.kind]}</Badge>
            {!it.enabled && <Badge tone={it.problem ? 'bad' : 'neutral'}>Off</Badge>}
          </p>
          <p className="text-sm text-faint wrap-anywhere">{factsOf(it, zone)}</p>
        </div>
        <div className="flex flex-wrap gap-2">
          <Button
            size="sm"
            pending={testing.isPending}
            aria-label={`Send a test: ${it.name}`}
            onClick={() => testing.mutate(it.id)}
          >
            Send a test
          </Button>
          <AddDialog label="Edit" title={`Edit ${it.name}`} quiet>
            {(done) => <ChannelForm slug={slug} channel={it} onDone={done} />}
          </AddDialog>
          <RemoveButton
            of={it.name}
            title={`Remove “${it.name}”?`}
            onConfirm={() => remove.mutateAsync(it.id)}
          >
            Nothing is sent there any more, and its rules are removed too.
          </RemoveButton>
        </div>
      </div>
      {it.problem && <p className="text-sm text-bad wrap-anywhere">{it.problem}</p>}
      <p role="status" className="text-sm wrap-anywhere empty:hidden">
        {testing.error ? (
          <span className="text-bad">{testing.error.message}</span>
        ) : (
          testing.data && (
            <span className={testing.data.ok ? 'text-good' : 'text-bad'}>
              {testing.data.ok ? `Sent: ${testing.data.detail}` : testing.data.detail}
            </span>
          )
        )}
      </p>
    </li>
  )
}
