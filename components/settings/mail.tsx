'use client'
/** Through which server mail is sent, whose settings are in force, and a test that says in words whether it works. */
import { Mail as MailIcon } from 'lucide-react'
import type { FormEvent, ReactNode } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { AddDialog } from '#components/ui/add-dialog.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { EmptyLine } from '#components/ui/empty.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { RemoveButton } from '#components/ui/remove-button.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { useDeleteMail, useMailState, useTestMail } from '#lib/client/mail.ts'
import { useMe } from '#lib/client/people.ts'
import { fieldErrors } from '#lib/client/problem.ts'
import type { MailSettings, MailState } from '#lib/contract/mail.ts'

const MailForm = lazily(() => import('./mail-form.tsx'))

/** `slug` null: that of the whole installation. */
export function Mail({ slug }: { slug: string | null }) {
  const id = slug === null ? 'shared-mail' : 'mail'
  const state = useMailState(slug)
  return (
    <Card aria-labelledby={id}>
      <CardHeader>
        <div className="min-w-0">
          <CardTitle id={id}>{slug === null ? 'Mail for all workspaces' : 'Mail'}</CardTitle>
          <p className="text-sm text-faint">
            {slug === null
              ? 'For workspaces without a server of their own.'
              : 'The server that this workspace sends mail through.'}
          </p>
        </div>
        {state.data && state.data.mailSettings === null && (
          <AddDialog label="Enter a server" title="Enter a mail server">
            {(done) => <MailForm slug={slug} settings={null} onDone={done} />}
          </AddDialog>
        )}
      </CardHeader>
      {state.error && !state.data ? (
        <Problem error={state.error} retry={state.refetch} />
      ) : state.data ? (
        <Content slug={slug} state={state.data} />
      ) : (
        <Waiting className="relative">
          {/* As high as what stands there without one. */}
          <div className="invisible">
            <NoServer />
          </div>
          <Skeleton className="absolute inset-x-5 top-4 h-10" />
        </Waiting>
      )}
    </Card>
  )
}

const NoServer = () => (
  <EmptyLine icon={<MailIcon />} title="No mail server yet">
    Until there is one, digests and mail from agents stay here. Any SMTP server will do.
  </EmptyLine>
)

function Content({ slug, state }: { slug: string | null; state: MailState }) {
  const { mailSettings, inForce } = state
  if (inForce === null) return <NoServer />
  return (
    <div className="mt-3 divide-y divide-line border-t border-line">
      {mailSettings ? (
        <Server slug={slug} settings={mailSettings} />
      ) : (
        <p className="px-5 py-3 text-sm wrap-anywhere">
          {inForce.scope === 'environment'
            ? 'Mail goes through the server that SMTP_URL names, from '
            : 'Mail goes through the installation’s server, from '}
          <span className="font-medium">{inForce.from}</span>.
        </p>
      )}
      <Test slug={slug} />
    </div>
  )
}

function Server({ slug, settings: it }: { slug: string | null; settings: MailSettings }) {
  const remove = useDeleteMail(slug)
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1 basis-52">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {it.host}
          <Badge>port {it.port}</Badge>
        </p>
        <p className="text-sm text-faint wrap-anywhere">{factsOf(it)}</p>
      </div>
      <AddDialog label="Change" title="Change the mail server" quiet>
        {(done) => <MailForm slug={slug} settings={it} onDone={done} />}
      </AddDialog>
      <RemoveButton of={it.host} title={`Remove ${it.host}?`} onConfirm={() => remove.mutateAsync(undefined)}>
        Its password is deleted. {AFTER[slug === null ? 'installation' : 'workspace']}
      </RemoveButton>
    </div>
  )
}

const AFTER = {
  workspace: 'Mail then goes through the server of the installation, if it has one.',
  installation: 'Mail then goes through the server in SMTP_URL, if there is one.',
}
const factsOf = (it: MailSettings): string =>
  [
    `from ${it.from}`,
    it.secure ? 'TLS from the start' : 'TLS where it is offered',
    it.user ? `as ${it.user}` : 'without a user',
    it.secret && `password from ${it.secret}`,
  ]
    .filter(Boolean)
    .join(' · ')

function Test({ slug }: { slug: string | null }) {
  const testing = useTestMail(slug)
  const me = useMe().data
  const wrong = fieldErrors(testing.error)
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    testing.mutate(String(new FormData(event.currentTarget).get('to') ?? '').trim())
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-2 px-5 py-4" noValidate>
      <div className="flex flex-wrap items-end gap-2">
        <Field label="Send a test to" error={wrong.to} className="flex-1 basis-52">
          <Input
            key={me?.email ?? ''}
            name="to"
            type="email"
            inputMode="email"
            defaultValue={me?.email ?? ''}
            autoComplete="email"
          />
        </Field>
        <Button type="submit" pending={testing.isPending}>
          Test
        </Button>
      </div>
      <p role="status" className="text-sm wrap-anywhere empty:hidden">
        {saidOf(testing, Object.keys(wrong).length > 0)}
      </p>
    </form>
  )
}

function saidOf({ data, error }: ReturnType<typeof useTestMail>, isAtField: boolean): ReactNode {
  if (error) return isAtField ? null : <span className="text-bad">{error.message}</span>
  return data && <span className={data.ok ? 'text-good' : 'text-bad'}>{data.detail}</span>
}
