'use client'
/** Texts that are kept in confidence, by name. A value goes in and is never shown. */
import { Vault } from 'lucide-react'
import { lazily } from '#components/ui/lazily.tsx'
import { AddDialog } from '#components/ui/add-dialog.tsx'
import { RemoveButton } from '#components/ui/remove-button.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { useDeleteSecret, useSecrets } from '#lib/client/secrets.ts'
import type { Secret } from '#lib/contract/secret.ts'

const NewSecret = lazily(() => import('./new-secret.tsx'))

export function Secrets({ slug }: { slug: string }) {
  return (
    <ListCard
      id="secrets"
      title="Secrets"
      about={
        <>
          Wherever you enter a header, you can write{' '}
          <code className="font-mono whitespace-nowrap">{'{ "secret": "NAME" }'}</code> instead of the value.
        </>
      }
      action={<AddDialog label="Add a secret">{(done) => <NewSecret slug={slug} onDone={done} />}</AddDialog>}
      items={useSecrets(slug)}
      empty={{
        icon: <Vault />,
        title: 'No secrets yet',
        words: 'Tokens and keys of other services, entered once and changed in one place.',
      }}
    >
      {(it) => <Row key={it.name} slug={slug} secret={it} />}
    </ListCard>
  )
}

function Row({ slug, secret: { name, usedBy, updatedAt } }: { slug: string; secret: Secret }) {
  const remove = useDeleteSecret(slug)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-mono font-medium wrap-anywhere">{name}</p>
        <p className="text-sm text-faint wrap-anywhere">
          set <RelativeTime at={updatedAt} /> ·{' '}
          {usedBy.length === 0 ? 'used by nothing' : `used by ${usedBy.map((it) => it.name).join(', ')}`}
        </p>
      </div>
      <AddDialog label="Replace" title={`Replace ${name}`} quiet>
        {(done) => <NewSecret slug={slug} name={name} onDone={done} />}
      </AddDialog>
      <RemoveButton of={name} title={`Remove ${name}?`} onConfirm={() => remove.mutateAsync(name)}>
        Its value is deleted. A secret that is still in use is not removed.
      </RemoveButton>
    </li>
  )
}
