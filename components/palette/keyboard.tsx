'use client'
/** Does what the keys mean, and holds what they open. Loaded with the first press. */
import { useRouter } from 'next/navigation'
import { Suspense, useEffect, useRef, useState } from 'react'
import type { Press } from '#components/shell/keys.tsx'
import { PLACES } from '#components/shell/links.tsx'
import { useMay } from '#lib/client/people.ts'
import { Palette } from './palette.tsx'
import { isAfterG, moveRow, pressHere } from './pressing.ts'
import { lazily } from '#components/ui/lazily.tsx'

const Sheet = lazily(() => import('./sheet.tsx'))

type Opened = 'palette' | 'sheet' | null

export default function Keyboard({ slug, presses }: { slug: string; presses: readonly Press[] }) {
  const router = useRouter()
  const mayPlan = useMay(slug, 'editor')
  const [opened, setOpened] = useState<Opened>(null)
  const done = useRef(0)

  useEffect(() => {
    const from = done.current
    done.current = presses.length
    for (const [n, press] of presses.slice(from).entries()) {
      const does = meaningOf(press, presses[from + n - 1])
      if (does.kind === 'open') setOpened((now) => (now === does.what ? null : does.what))
      else if (does.kind === 'go') router.push(`/w/${slug}${does.path}`)
      else
        pressed(does.key, {
          open: setOpened,
          plan: mayPlan && (() => router.push(`/w/${slug}/schedules/new`)),
        })
    }
  }, [presses, router, slug, mayPlan])

  const close = () => setOpened(null)
  return (
    <>
      <Palette slug={slug} open={opened === 'palette'} close={close} showKeys={() => setOpened('sheet')} />
      <Suspense>{opened === 'sheet' && <Sheet slug={slug} close={close} onMissing={close} />}</Suspense>
    </>
  )
}

type Meaning =
  | { kind: 'open'; what: 'palette' | 'sheet' }
  | { kind: 'go'; path: string }
  | { kind: 'press'; key: string }

function meaningOf(press: Press, before: Press | undefined): Meaning {
  const { key } = press
  if (key === 'palette') return { kind: 'open', what: 'palette' }
  if (key === '?') return { kind: 'open', what: 'sheet' }
  const place = isAfterG(before, press) && PLACES.find((it) => it.key === key)
  return place ? { kind: 'go', path: place.path } : { kind: 'press', key }
}

/** What the page itself has for a key, else what every page has. */
function pressed(
  key: string,
  { open, plan }: { open(what: Opened): void; plan: false | (() => void) },
): void {
  if (pressHere(key)) return
  if (key === 'j' || key === 'k') moveRow(key === 'j' ? 1 : -1)
  else if (key === 'f' || key === '/') open('palette')
  else if (key === 'n' && plan) plan()
}
