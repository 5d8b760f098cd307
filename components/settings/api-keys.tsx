'use client'
/** Keys with which programs use the workspace. A key is shown once, when it is made. */
import { KeyRound, Plus } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { Dialog, DialogContent, DialogFooter, DialogTrigger } from '#components/ui/dialog.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Problem, ProblemNote } from '#components/ui/problem.tsx'
import { Select } from '#components/ui/select.tsx'
import { ShownOnce } from '#components/ui/shown-once.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { ROLES, roleLabel } from '#components/people/roles.ts'
import { useApiKeys, useCreateKey, useRevokeKey } from '#lib/client/people.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import type { Role } from '#lib/contract/fields.ts'
import type { ApiKey } from '#lib/contract/workspace.ts'

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
            <NewKey slug={slug} />
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

const DAY_MS = 86_400_000
const TERMS = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
  { value: 'never', label: 'Until it is revoked' },
] as const
type Term = (typeof TERMS)[number]['value']

function NewKey({ slug }: { slug: string }) {
  const creating = useCreateKey(slug)
  const [role, setRole] = useState<Role>('editor')
  const [term, setTerm] = useState<Term>('90')
  const wrong = fieldErrors(creating.error)

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const name = String(new FormData(event.currentTarget).get('name') ?? '')
    creating.mutate({
      name,
      workspace: slug,
      role,
      ...(term !== 'never' && { expiresAt: new Date(Date.now() + Number(term) * DAY_MS).toISOString() }),
    })
  }

  if (creating.data)
    return (
      <ShownOnce text={creating.data.key} label="API key">
        Copy the key now: it is not shown again.
      </ShownOnce>
    )
  return (
    <form
      onSubmit={submit}
      onChange={() => creating.error && creating.reset()}
      className="flex flex-col gap-4"
      noValidate
    >
      <Field label="Name" hint="What uses it." error={wrong.name}>
        <Input name="name" placeholder="e.g. Nightly report script" autoComplete="off" />
      </Field>
      <Field label="Role" error={wrong.role}>
        <Select value={role} onValueChange={setRole} options={ROLES} />
      </Field>
      <Field label="Valid for" error={wrong.expiresAt}>
        <Select value={term} onValueChange={setTerm} options={TERMS} />
      </Field>
      {creating.error && Object.keys(wrong).length === 0 && <ProblemNote error={creating.error} />}
      <DialogFooter>
        <Button type="submit" variant="primary" pending={creating.isPending}>
          Make the key
        </Button>
      </DialogFooter>
    </form>
  )
}
