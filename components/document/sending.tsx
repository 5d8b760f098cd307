'use client'
/** Files on their way: how far each is, how to stop it, and what became of it. */
import { CircleAlert, CircleCheck, X } from 'lucide-react'
import { Link } from '#components/ui/link.tsx'
import type { ReactNode } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Card, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { isUnderWay, type Upload, type Uploads } from '#lib/client/uploads.ts'
import { outcomeOf, summaryOf } from './telling.ts'
import { sizeOf } from './words.ts'

export function Sending({
  slug,
  title,
  sending: { uploads, cancel, clear },
}: {
  slug: string
  title: string
  sending: Uploads
}) {
  return (
    <>
      <p role="status" className="sr-only">
        {summaryOf(uploads)}
      </p>
      {uploads.length > 0 && (
        <Card aria-labelledby="sending">
          <CardHeader className="pb-3">
            <CardTitle id="sending">{title}</CardTitle>
            {!uploads.some(isUnderWay) && (
              <Button size="sm" variant="ghost" onClick={clear}>
                Clear
              </Button>
            )}
          </CardHeader>
          <ul className="divide-y divide-line border-t border-line">
            {uploads.map((it) => (
              <Row key={it.key} slug={slug} upload={it} onCancel={() => cancel(it.key)} />
            ))}
          </ul>
        </Card>
      )}
    </>
  )
}

function Row({ slug, upload: it, onCancel }: { slug: string; upload: Upload; onCancel(): void }) {
  return (
    <li className="flex items-center gap-x-4 px-5 py-3 text-sm">
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <p className="flex flex-wrap justify-between gap-x-4">
          {it.document ? (
            <Link
              href={`/w/${slug}/documents/${it.document.id}`}
              className="min-w-0 font-medium underline-offset-4 wrap-anywhere hover:underline"
            >
              {it.name}
            </Link>
          ) : (
            <span className="min-w-0 font-medium wrap-anywhere">{it.name}</span>
          )}
          {it.bytes > 0 && <span className="text-faint tabular-nums">{sizeOf(it.bytes)}</span>}
        </p>
        {isUnderWay(it) ? <Share upload={it} /> : <Outcome upload={it} />}
      </div>
      {isUnderWay(it) && (
        <Button size="iconSm" variant="ghost" aria-label={`Cancel: ${it.name}`} onClick={onCancel}>
          <X aria-hidden />
        </Button>
      )}
    </li>
  )
}

function Share({ upload: { name, share, state } }: { upload: Upload }) {
  const percent = Math.floor(share * 100)
  return (
    <>
      <progress
        aria-label={name}
        max={100}
        value={percent}
        className="h-1.5 w-full appearance-none overflow-hidden rounded-full bg-sunken [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-accent"
      />
      <span className="text-faint tabular-nums">
        {state === 'waiting' ? 'Waits for its turn' : percent < 100 ? `${percent} %` : 'Is being kept …'}
      </span>
    </>
  )
}

function Outcome({ upload }: { upload: Upload }) {
  const { tone, words } = outcomeOf(upload)
  return tone === 'good' ? (
    <Line icon={<CircleCheck aria-hidden />} className="text-good">
      {words}
    </Line>
  ) : (
    <Line icon={<CircleAlert aria-hidden />} className={tone === 'bad' ? 'text-bad' : 'text-warn'}>
      {words}
    </Line>
  )
}
const Line = ({ icon, className, children }: { icon: ReactNode; className: string; children: string }) => (
  <p className={`flex items-start gap-1.5 [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0 ${className}`}>
    {icon}
    <span className="min-w-0 wrap-anywhere">{children}</span>
  </p>
)
