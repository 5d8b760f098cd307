/**
 * The agents of this installation. A new system agent is one file in `system/`, and one import and one line
 * in its index; a new type of agent is a provider and one line here.
 */
import { type AgentProvider, createCatalogue } from './catalogue.ts'
import { importedAgents } from './imported/provider.ts'
import type { Skills } from './imported/skills.ts'
import { builtIn, noneYet } from './providers.ts'
import { systemAgents } from './system/index.ts'

const system = builtIn(systemAgents)

/** `custom`: those that people wrote; `skills`: those that were brought from elsewhere. */
export const catalogueWith = (custom: AgentProvider, skills: Skills) =>
  createCatalogue({ system, imported: importedAgents(skills, system), custom })

/** What every workspace has. */
export const catalogue = createCatalogue({
  system,
  imported: noneYet('imported'),
  custom: noneYet('custom'),
})
