'use client'
/** Documents in rows: what each is, whether it can be read, who put it there; where the words stand, if asked. */
import { Link } from '#components/ui/link.tsx'
import type { ReactNode } from 'react'
import { HeadRow, Table, TableBody, TableHead, Td, Th, Tr } from '#components/ui/table.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { useMembers } from '#lib/client/people.ts'
import type { FoundDocument } from '#lib/contract/document.ts'
import { DocumentStatus } from './status.tsx'
import { makerOf, marked, sizeOf, typeOf } from './words.ts'

export function DocumentTable({
  slug,
  documents,
  q,
}: {
  slug: string
  documents: readonly FoundDocument[]
  /** The words that were looked for. */
  q: string
}) {
  return (
    <Table label={q ? 'Documents with these words, the best first' : 'Documents, newest first'}>
      <TableHead>
        <HeadRow>
          <Th className="w-full">Document</Th>
          <Th>Kind</Th>
          <Th>Status</Th>
          {/* Who added it comes later, and must not move the rows. */}
          <Th className="sm:min-w-36">Added</Th>
        </HeadRow>
      </TableHead>
      <TableBody>
        {documents.map((it) => (
          <Row key={it.id} slug={slug} document={it} q={q} />
        ))}
      </TableBody>
    </Table>
  )
}

function Row({ slug, document: it, q }: { slug: string; document: FoundDocument; q: string }) {
  const members = useMembers(slug).data?.members
  return (
    <Tr>
      <Td>
        <div className="min-w-0">
          <Link
            href={`/w/${slug}/documents/${it.id}`}
            className="font-medium underline-offset-4 hover:underline"
          >
            <Words text={it.name} q={q} />
          </Link>
          {it.snippet && (
            <p className="line-clamp-3 max-w-prose text-soft">
              <Words text={it.snippet} q={q} />
            </p>
          )}
          {it.problem && <p className="line-clamp-3 max-w-prose text-soft">{it.problem}</p>}
        </div>
      </Td>
      <Td label="Kind" className="sm:whitespace-nowrap">
        {typeOf(it)}
        <Beside>
          {sizeOf(it.bytes)}
          {it.version > 1 && ` · version ${it.version}`}
        </Beside>
      </Td>
      <Td label="Status">
        <DocumentStatus document={it} />
      </Td>
      <Td label="Added" className="sm:whitespace-nowrap">
        <RelativeTime at={it.createdAt} />
        {/* A space keeps the line while the names are on their way. */}
        <Beside>{members ? `by ${makerOf(it, members)}` : '\u00a0'}</Beside>
      </Td>
    </Tr>
  )
}

/** Below the fact in a column, behind it on a card. */
const Beside = ({ children }: { children: ReactNode }) => (
  <span className="text-faint sm:block sm:max-w-48 sm:truncate sm:text-xs">
    <span className="sm:hidden"> · </span>
    {children}
  </span>
)

/** As text, whatever stands in it. */
function Words({ text, q }: { text: string; q: string }) {
  return marked(text, q).map((it, n) =>
    it.hit ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: they have nothing but their place
      <mark key={n} className="rounded-sm bg-accent-soft text-accent-text">
        {it.text}
      </mark>
    ) : (
      it.text
    ),
  )
}
