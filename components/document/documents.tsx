'use client'
/** The documents of a workspace: what people put there for agents to read, found by its words. */
import { FileText, SearchX, SquarePen, X } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { parseAsString, useQueryState } from 'nuqs'
import { Suspense, useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { Button } from '#components/ui/button.tsx'
import { Dialog, DialogContent, DialogTrigger } from '#components/ui/dialog.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { LoadMore } from '#components/ui/load-more.tsx'
import { Page } from '#components/ui/page.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { useResting } from '#components/ui/resting.ts'
import { SearchInput } from '#components/ui/search-input.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { type DocumentPage, useDocuments } from '#lib/client/documents.ts'
import { useMay } from '#lib/client/people.ts'
import { type Uploads, useNewFiles } from '#lib/client/uploads.ts'
import { DropFiles, PickFiles } from './picking.tsx'
import { Sending } from './sending.tsx'
import { DocumentTable } from './table.tsx'
import type { Draft } from './write-form.tsx'

const WriteForm = lazily(() => import('./write-form.tsx'))

export function Documents({ slug, known }: { slug: string; known?: DocumentPage | undefined }) {
  const [typed, setTyped] = useQueryState('q', parseAsString.withDefault(''))
  const q = useResting(typed.trim())
  const documents = useDocuments(slug, q, q ? undefined : known)
  const sending = useNewFiles(slug)
  const may = useMay(slug, 'editor')
  const nothingYet = documents.data?.length === 0 && typed === '' && q === ''
  const actions = may && <Adding slug={slug} sending={sending} />
  return (
    <Page
      title="Documents"
      description="What agents can look up: files and texts, found by their words."
      actions={!nothingYet && actions}
    >
      {may && <Receiving slug={slug} sending={sending} />}
      {!nothingYet && (
        <search aria-label="Documents" className="flex items-center gap-2">
          <SearchInput
            label="Search documents"
            placeholder="Search names and texts"
            value={typed}
            onChange={(it) => void setTyped(it || null)}
            className="flex-1 sm:max-w-96"
          />
          {typed !== '' && (
            <Button variant="ghost" onClick={() => void setTyped(null)}>
              <X aria-hidden />
              Clear
            </Button>
          )}
        </search>
      )}
      {nothingYet ? (
        <NothingYet may={may}>{actions}</NothingYet>
      ) : (
        <List slug={slug} documents={documents} q={q} showAll={() => void setTyped(null)} />
      )}
    </Page>
  )
}

function Receiving({ slug, sending }: { slug: string; sending: Uploads }) {
  return (
    <>
      <DropFiles
        onDrop={({ files, folders }) => {
          sending.add(files)
          for (const it of folders) sending.refuse(it, 'It is a folder. Drop the files that are in it.')
        }}
      />
      <Sending slug={slug} title="Files you send" sending={sending} />
    </>
  )
}

function Adding({ slug, sending }: { slug: string; sending: Uploads }) {
  const router = useRouter()
  const [open, setOpen] = useState(false)
  const [draft, setDraft] = useState<Draft>({ name: '', text: '' })
  return (
    <>
      <Dialog open={open} onOpenChange={setOpen}>
        <DialogTrigger
          render={
            <Button>
              <SquarePen aria-hidden />
              Write a text
            </Button>
          }
        />
        <DialogContent title="Write a text">
          <Suspense>
            <WriteForm
              slug={slug}
              draft={draft}
              onDraft={setDraft}
              onDone={({ id }) => router.push(`/w/${slug}/documents/${id}`)}
            />
          </Suspense>
        </DialogContent>
      </Dialog>
      <PickFiles multiple variant="primary" onPick={sending.add}>
        Add files
      </PickFiles>
    </>
  )
}

function List({
  slug,
  documents,
  q,
  showAll,
}: {
  slug: string
  documents: ReturnType<typeof useDocuments>
  q: string
  showAll(): void
}) {
  const { data, error, hasNextPage } = documents
  if (documents.isPending) return <WaitingRows rows={5} height="h-14" />
  if (!data)
    return (
      error && <Problem error={error} retry={documents.refetch} title="The documents could not be loaded" />
    )
  if (data.length === 0)
    return (
      <Empty
        icon={<SearchX />}
        title="No document has these words"
        action={<Button onClick={showAll}>Show all documents</Button>}
      >
        All of them must occur in its name or its text, as they are written.
      </Empty>
    )
  return (
    <>
      <DocumentTable slug={slug} documents={data} q={q} />
      {hasNextPage && <LoadMore pages={documents} />}
    </>
  )
}

function NothingYet({ may, children }: { may: boolean; children: React.ReactNode }) {
  return (
    <Empty icon={<FileText />} title="No documents yet" action={children}>
      <p>
        Agents look things up here: a price list, a contract, notes of a meeting.{' '}
        {may
          ? 'Drop files anywhere on this page, or choose them.'
          : 'Editors of this workspace add them here.'}
      </p>
      {may && (
        <p className="mt-2 text-sm text-faint">
          Text, Markdown, HTML, PDF, DOCX, CSV, JSON, mail (EML) and calendars (ICS), up to 25 MiB each.
        </p>
      )}
    </Empty>
  )
}
