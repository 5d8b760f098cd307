'use client'
/** What can be set for the workspace and, by its administrators, for the whole installation. */
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
import { Skills } from './skills.tsx'
import { Sources } from './sources.tsx'
import { Prices } from './prices.tsx'
import { TellingPeople } from './telling-people.tsx'
import { WorkspaceForm } from './workspace-form.tsx'

export function Settings({ slug, known }: { slug: string; known: Workspace }) {
  const may = useMay(slug, 'admin')
  const mayEdit = useMay(slug, 'editor')
  const installation = useMe().data?.installationAdmin ?? false
  return (
    <Page title="Settings" width="narrow" description={takes(may, mayEdit)}>
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
      {installation && <Models slug={null} />}
      {installation && <Mail slug={null} />}
      {installation && <Prices />}
      {installation && <Accounts />}
      {installation && <HealthLink slug={slug} />}
      {installation && <PauseEverything />}
    </Page>
  )
}

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
    : `Changing ${mayEdit ? 'all but sources and calendars' : 'these'} takes the role admin in this workspace.`
