'use client'
/** Keys with which programs use the workspace. A key is shown once, when it is made. */
import { KeyRound, Plus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { Dialog, DialogContent, DialogTrigger } from '#components/ui/dialog.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { roleLabel } from '#components/people/roles.ts'
import { useApiKeys, useRevokeKey } from '#lib/client/people.ts'
import type { ApiKey } from '#lib/contract/workspace.ts'

const NewKey = lazy(() => import('./new-key.tsx'))

export function ApiKeys({ slug }: { slug: string }) {
  const apiKeys = useApiKeys(slug)
  const [open, setOpen] = useState(false)
  return (
    <Card aria-labelledby="api-keys">
      <CardHeader>
        <div className="min-w-0">
          <CardTitle id="api-keys">API keys</CardTitle>
          <p className="text-sm text-faint">
            For programs that use this workspace. They cannot sign in here.
          </p>
        </div>
        <Dialog open={open} onOpenChange={setOpen}>
          <DialogTrigger
            render={
              <Button>
                <Plus aria-hidden />
                New key
              </Button>
            }
          />
          <DialogContent title="New API key">
            <Suspense>
              <NewKey slug={slug} />
            </Suspense>
          </DialogContent>
        </Dialog>
      </CardHeader>
      {apiKeys.isPending ? (
        <CardBody>
          <Waiting className="flex flex-col gap-3">
            <Skeleton className="h-10" />
            <Skeleton className="h-10" />
          </Waiting>
        </CardBody>
      ) : apiKeys.error ? (
        <Problem error={apiKeys.error} retry={apiKeys.refetch} />
      ) : apiKeys.data.length === 0 ? (
        <Empty icon={<KeyRound />} title="No keys yet" className="py-10">
          Make one to plan and watch agents from your own programs.
        </Empty>
      ) : (
        <ul className="mt-3 divide-y divide-line border-t border-line">
          {apiKeys.data.map((it) => (
            <Key key={it.id} slug={slug} apiKey={it} />
          ))}
        </ul>
      )}
    </Card>
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
      <Confirm
        danger
        trigger={
          <Button variant="quietDanger" size="sm" aria-label={`Revoke: ${name}`}>
            Revoke
          </Button>
        }
        title={`Revoke “${name}”?`}
        confirmLabel="Revoke"
        onConfirm={() => revoke.mutateAsync(id)}
      >
        Programs that use it are refused at once. This cannot be taken back.
      </Confirm>
    </li>
  )
}
