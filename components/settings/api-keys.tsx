'use client'
/** Keys with which programs use the workspace. A key is shown once, when it is made. */
import { KeyRound } from 'lucide-react'
import { lazily } from '#components/ui/lazily.tsx'
import { AddDialog } from '#components/ui/add-dialog.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { RemoveButton } from '#components/ui/remove-button.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { roleLabel } from '#components/people/roles.ts'
import { useApiKeys, useRevokeKey } from '#lib/client/people.ts'
import type { ApiKey } from '#lib/contract/workspace.ts'

const NewKey = lazily(() => import('./new-key.tsx'))

export function ApiKeys({ slug }: { slug: string }) {
  return (
    <ListCard
      id="api-keys"
      title="API keys"
      about="For programs that use this workspace. They cannot sign in here."
      action={
        <AddDialog label="New key" title="New API key">
          {() => <NewKey slug={slug} />}
        </AddDialog>
      }
      items={useApiKeys(slug)}
      empty={{
        icon: <KeyRound />,
        title: 'No keys yet',
        words: 'Make one to plan and watch agents from your own programs.',
      }}
    >
      {(it) => <Key key={it.id} slug={slug} apiKey={it} />}
    </ListCard>
  )
}

function Key({
  slug,
  apiKey: { id, name, prefix, role, expiresAt, lastUsedAt, createdBy },
}: {
  slug: string
  apiKey: ApiKey
}) {
  const revoke = useRevokeKey(slug)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1 basis-52">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {name}
          <Badge>{roleLabel(role)}</Badge>
        </p>
        <p className="text-sm text-faint">
          <code className="font-mono">{prefix}…</code> · by {createdBy?.name ?? 'the machine’s administrator'}{' '}
          ·{' '}
          {lastUsedAt ? (
            <>
              used <RelativeTime at={lastUsedAt} />
            </>
          ) : (
            'never used'
          )}
          {expiresAt && (
            <>
              {' '}
              · ends <RelativeTime at={expiresAt} />
            </>
          )}
        </p>
      </div>
      <RemoveButton
        of={name}
        label="Revoke"
        title={`Revoke “${name}”?`}
        onConfirm={() => revoke.mutateAsync(id)}
      >
        Programs that use it are refused at once. This cannot be taken back.
      </RemoveButton>
    </li>
  )
}
