'use client'
/** What can be set for the workspace and, by its administrators, for the whole installation. */
import type { ReactNode } from 'react'
import { Page } from '#components/ui/page.tsx'
import { useMay, useMe } from '#lib/client/people.ts'
import type { Workspace } from '#lib/contract/workspace.ts'
import { Accounts } from './accounts.tsx'
import { Audit } from './audit.tsx'
import { Grants } from './grants.tsx'
import { ApiKeys } from './api-keys.tsx'
import { CalendarsLink } from './calendars-link.tsx'
import { ExchangeLink } from './exchange-link.tsx'
import { HealthLink } from './health-link.tsx'
import { Mail } from './mail.tsx'
import { McpServers } from './mcp-servers.tsx'
import { Models } from './models.tsx'
import { PauseEverything } from './pause-everything.tsx'
import { Secrets } from './secrets.tsx'
import { SECTIONS, type Section } from './sections.ts'
import { Skills } from './skills.tsx'
import { Sources } from './sources.tsx'
import { Prices } from './prices.tsx'
import { TellingPeople } from './telling-people.tsx'
import { Within } from './within.tsx'
import { WorkspaceForm } from './workspace-form.tsx'

export function Settings({ slug, known }: { slug: string; known: Workspace }) {
  const may = useMay(slug, 'admin')
  const mayEdit = useMay(slug, 'editor')
  const installation = useMe().data?.installationAdmin ?? false
  const is = { admin: may, editor: mayEdit, installation }
  const answers = ({ takes }: Section) => takes === undefined || is[takes]
  const groups = [
    { title: 'This workspace', sections: SECTIONS.workspace.filter(answers) },
    { title: 'All workspaces', sections: SECTIONS.installation.filter(answers) },
  ].filter(({ sections }) => sections.length > 0)
  return (
    <Page title="Settings" description={takes(may, mayEdit)}>
      <div className="flex flex-col gap-6 xl:flex-row xl:gap-8">
        <Within groups={groups} />
        <div className="flex w-full max-w-3xl min-w-0 flex-col gap-10 [&_h2]:scroll-mt-6">
          <Part title={installation ? 'This workspace' : null}>
            <WorkspaceForm slug={slug} known={known} may={may} />
            <TellingPeople slug={slug} />
            {may && <Models slug={slug} />}
            {may && <Mail slug={slug} />}
            {mayEdit && <Sources slug={slug} />}
            {mayEdit && <CalendarsLink slug={slug} />}
            {may && <McpServers slug={slug} />}
            {may && <Skills slug={slug} />}
            {may && <Trust slug={slug} />}
            {may && <ExchangeLink slug={slug} />}
          </Part>
          {installation && (
            <Part title="All workspaces">
              <Models slug={null} />
              <Mail slug={null} />
              <Prices />
              <Accounts />
              <HealthLink slug={slug} />
              <PauseEverything />
            </Part>
          )}
        </div>
      </div>
    </Page>
  )
}

/** Set apart where there are two: what is called alike in both means something else. */
const Part = ({ title, children }: { title: string | null; children: ReactNode }) => (
  <div className="flex flex-col gap-6">
    {title && <h2 className="border-b border-line pb-2 text-lg font-semibold">{title}</h2>}
    {children}
  </div>
)

/** What is kept in confidence, who may do what, and who has done what. */
const Trust = ({ slug }: { slug: string }) => (
  <>
    <Secrets slug={slug} />
    <Grants slug={slug} />
    <ApiKeys slug={slug} />
    <Audit slug={slug} />
  </>
)

const takes = (may: boolean, mayEdit: boolean): string | undefined =>
  may
    ? undefined
    : `Only admins of this workspace can change ${mayEdit ? 'anything but sources and calendars' : 'these'}.`
