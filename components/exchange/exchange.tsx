'use client'
/** What the workspace is set to, as a file: saved, and brought back here or elsewhere. */
import { BackLink } from '#components/ui/back-link.tsx'
import { Page } from '#components/ui/page.tsx'
import { Exporting } from './exporting.tsx'
import { Importing } from './importing.tsx'

export const Exchange = ({ slug }: { slug: string }) => (
  <Page
    title="Export and import"
    description="A file of YAML that says how everything is set. Secrets stand in it by name only."
    back={<BackLink href={`/w/${slug}/settings`}>Settings</BackLink>}
    width="narrow"
  >
    <Exporting slug={slug} />
    <Importing slug={slug} />
  </Page>
)
