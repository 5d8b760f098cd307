'use client'
/** Notifications elsewhere: what fails, where they are told, of what, and what came of it. */
import { Suspense } from 'react'
import { BackLink } from '#components/ui/back-link.tsx'
import { lazily } from '#components/ui/lazily.tsx'
import { Page } from '#components/ui/page.tsx'
import { useZone } from '#components/ui/time.tsx'
import { useMay } from '#lib/client/people.ts'
import { Channels } from './channels.tsx'
import { Expectations } from './expectations.tsx'
import { Incidents } from './incidents.tsx'
import { DeliveryLog } from './log.tsx'
import { Rules } from './rules.tsx'

const Own = lazily(() => import('./own.tsx'))

export function Telling({ slug }: { slug: string }) {
  const administers = useMay(slug, 'admin')
  const edits = useMay(slug, 'editor')
  // What it says depends on the browser alone, which the server does not know.
  const isInBrowser = useZone() !== null
  return (
    <Page
      title="Notifications"
      width="narrow"
      back={<BackLink href={`/w/${slug}/settings`}>Settings</BackLink>}
      description="Get told about failures and recoveries wherever you are."
    >
      <Incidents slug={slug} />
      <Expectations slug={slug} />
      {administers && <Channels slug={slug} />}
      <Suspense>{isInBrowser && <Own />}</Suspense>
      {edits && <Rules slug={slug} />}
      <DeliveryLog slug={slug} />
    </Page>
  )
}
