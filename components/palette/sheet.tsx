'use client'
/** All keys there are, those of the page that is open first. */
import { Link } from '#components/ui/link.tsx'
import { type ReactNode, useState } from 'react'
import { PLACES } from '#components/shell/links.tsx'
import { Dialog, DialogContent } from '#components/ui/dialog.tsx'
import { Kbd } from '#components/ui/kbd.tsx'
import { controlsHere, labelOf } from './pressing.ts'

const EVERYWHERE: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['Ctrl', 'K'], 'Go anywhere, find anything, give a command'],
  [['?'], 'This list'],
  [['f'], 'Filter what is shown, or search'],
  [['n'], 'New'],
  [['j'], 'The next row, or the run before'],
  [['k'], 'The row before, or the run after'],
]

export default function Sheet({ slug, close }: { slug: string; close(): void }) {
  const [here] = useState(() => controlsHere().map(({ key, control }) => ({ key, says: labelOf(control) })))
  return (
    <Dialog open onOpenChange={(open) => !open && close()}>
      <DialogContent title="Keys" description="They do nothing while you write." className="sm:max-w-2xl">
        <div className="grid gap-x-8 gap-y-6 text-sm sm:grid-cols-2">
          {here.length > 0 && (
            <Group title="On this page">
              {here.map(({ key, says }) => (
                <Line key={key} keys={[key]}>
                  {says}
                </Line>
              ))}
            </Group>
          )}
          <Group title="Everywhere">
            {EVERYWHERE.map(([keys, does]) => (
              <Line key={does} keys={keys}>
                {does}
              </Line>
            ))}
          </Group>
          <Group title="Go to">
            {PLACES.map(({ key, label }) => (
              <Line key={label} keys={['g', key]}>
                {label}
              </Line>
            ))}
          </Group>
        </div>
        <p className="text-sm text-faint">
          They can be turned off in{' '}
          <Link href={`/w/${slug}/profile`} onClick={close} className="text-accent-text underline">
            your profile
          </Link>
          .
        </p>
      </DialogContent>
    </Dialog>
  )
}

const Group = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="flex flex-col gap-2">
    <h3 className="text-xs font-medium text-faint">{title}</h3>
    <dl className="flex flex-col gap-1.5">{children}</dl>
  </section>
)

const Line = ({ keys, children }: { keys: readonly string[]; children: ReactNode }) => (
  <div className="flex items-baseline justify-between gap-4">
    <dt className="min-w-0 wrap-anywhere">{children}</dt>
    <dd className="flex shrink-0 gap-1">
      {keys.map((it) => (
        <Kbd key={it}>{it}</Kbd>
      ))}
    </dd>
  </div>
)
