'use client'
/** One document: what it is, what it says, and what can be done with it. */
import { lazily } from '#components/ui/lazily.tsx'
import { formatNumber } from '#components/ui/number.ts'
import { CircleAlert, Download, SquarePen, Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { type ReactNode, Suspense, useState } from 'react'
import { BackLink } from '#components/ui/back-link.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { buttonClass } from '#components/ui/button-class.ts'
import { Card, CardBody, Section } from '#components/ui/card.tsx'
import { cn } from '#components/ui/cn.ts'
import { Confirm } from '#components/ui/confirm.tsx'
import { Dialog, DialogContent, DialogTrigger } from '#components/ui/dialog.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { Time } from '#components/ui/time.tsx'
import { originalAt, useDeleteDocument, useDocument } from '#lib/client/documents.ts'
import { useMay, useMembers } from '#lib/client/people.ts'
import { isUnderWay, type Uploads, useNewVersion } from '#lib/client/uploads.ts'
import type { ReadDocument } from '#lib/contract/document.ts'
import { PickFiles } from './picking.tsx'
import { Sending } from './sending.tsx'
import { DocumentStatus } from './status.tsx'
import { DocumentText } from './text.tsx'
import type { Draft } from './write-form.tsx'
import { makerOf, sizeOf, typeOf } from './words.ts'

const WriteForm = lazily(() => import('./write-form.tsx'))

export function DocumentPage({ slug, id, known }: { slug: string; id: number; known: ReadDocument | null }) {
  const document = useDocument(slug, id, known)
  const back = <BackLink href={`/w/${slug}/documents`}>Documents</BackLink>
  if (document.data) return <Shown key={id} slug={slug} document={document.data} back={back} />
  if (document.isPending)
    return (
      <Page title={<Skeleton className="h-8 w-64" />} back={back}>
        <Waiting className="flex flex-col gap-4">
          <Skeleton className="h-24" />
          <Skeleton className="h-64" />
        </Waiting>
      </Page>
    )
  return (
    <Page title="Document" back={back}>
      <Problem
        error={document.error}
        retry={document.refetch}
        action={<ButtonLink href={`/w/${slug}/documents`}>All documents</ButtonLink>}
      />
    </Page>
  )
}

function Shown({ slug, document: it, back }: { slug: string; document: ReadDocument; back: ReactNode }) {
  const may = useMay(slug, 'editor')
  const sending = useNewVersion(slug, it)
  return (
    <Page
      back={back}
      title={it.name}
      description={<DocumentStatus document={it} />}
      actions={
        <>
          <a
            href={originalAt(slug, it.id)}
            download
            className={cn(buttonClass({ variant: may ? 'secondary' : 'primary', size: 'md' }))}
          >
            <Download aria-hidden />
            Download
          </a>
          {may && <Changing slug={slug} document={it} sending={sending} />}
        </>
      }
    >
      {may && <Sending slug={slug} title="The new version" sending={sending} />}
      {it.problem && <Trouble document={it} />}
      <Facts slug={slug} document={it} />
      <Says document={it} />
    </Page>
  )
}

function Changing({
  slug,
  document: it,
  sending,
}: {
  slug: string
  document: ReadDocument
  sending: Uploads
}) {
  const router = useRouter()
  const remove = useDeleteDocument(slug)
  return (
    <>
      {/* What was sent as a file is changed by another file. */}
      {it.source.kind !== 'upload' && <Edit slug={slug} document={it} />}
      <PickFiles pending={sending.uploads.some(isUnderWay)} onPick={sending.add}>
        Replace with a new version
      </PickFiles>
      <Confirm
        danger
        trigger={
          <Button variant="quietDanger">
            <Trash2 aria-hidden />
            Delete
          </Button>
        }
        title={`Delete “${it.name}”?`}
        confirmLabel="Delete"
        onConfirm={async () => {
          await remove.mutateAsync(it.id)
          router.push(`/w/${slug}/documents`)
        }}
      >
        Agents do not find it any more, and it cannot be brought back. What they said of it stays.
      </Confirm>
    </>
  )
}

function Edit({ slug, document }: { slug: string; document: ReadDocument }) {
  const [open, setOpen] = useState(false)
  const [draft, setDraft] = useState<Draft | null>(null)
  function close() {
    setDraft(null)
    setOpen(false)
  }
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger
        render={
          <Button>
            <SquarePen aria-hidden />
            Edit
          </Button>
        }
      />
      <DialogContent title="Edit the text">
        <Suspense>
          <WriteForm
            slug={slug}
            id={document.id}
            draft={draft ?? document}
            onDraft={setDraft}
            onDone={close}
          />
        </Suspense>
      </DialogContent>
    </Dialog>
  )
}

const Trouble = ({ document: { status, problem } }: { document: ReadDocument }) => (
  <p
    className={cn(
      'flex items-start gap-2.5 rounded-lg px-4 py-3',
      status === 'failed' ? 'bg-bad-soft text-bad' : 'bg-warn-soft text-warn',
    )}
  >
    <CircleAlert aria-hidden className="mt-1 size-4 shrink-0" />
    <span className="min-w-0 wrap-anywhere">{problem}</span>
  </p>
)

function Facts({ slug, document: it }: { slug: string; document: ReadDocument }) {
  const members = useMembers(slug).data?.members
  return (
    <Card aria-label="Facts">
      <CardBody>
        <dl className="grid grid-cols-2 gap-x-6 gap-y-4 text-sm sm:flex sm:flex-wrap sm:gap-x-12">
          <Fact label="Kind">{typeOf(it)}</Fact>
          <Fact label="Size">{sizeOf(it.bytes)}</Fact>
          <Fact label="Version">{it.version}</Fact>
          <Fact label="Text">
            {it.status === 'ready' ? `${formatNumber(it.textLength)} characters` : '–'}
          </Fact>
          <Fact label="Added">
            <Time at={it.createdAt} />
            {members && <span className="block font-normal text-faint">by {makerOf(it, members)}</span>}
          </Fact>
          {it.updatedAt !== it.createdAt && (
            <Fact label="Changed">
              <Time at={it.updatedAt} />
            </Fact>
          )}
          {it.source.kind === 'upload' && it.source.ref && it.source.ref !== it.name && (
            <Fact label="Sent as">{it.source.ref}</Fact>
          )}
        </dl>
      </CardBody>
    </Card>
  )
}

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div className="min-w-0">
    <dt className="text-faint">{label}</dt>
    <dd className="font-medium tabular-nums wrap-anywhere">{children}</dd>
  </div>
)

function Says({ document: { status, text } }: { document: ReadDocument }) {
  if (status === 'failed') return null
  return (
    <Section id="text" title="What agents read">
      {status === 'extracting' ? (
        <p role="status" className="text-sm text-soft">
          Its text is being read. It appears here by itself.
        </p>
      ) : text === '' ? (
        <p className="text-sm text-soft">There is no text in it.</p>
      ) : (
        <DocumentText text={text} />
      )}
    </Section>
  )
}
