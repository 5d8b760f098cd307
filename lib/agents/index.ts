/**
 * The agents of this installation. A new system agent is one file in `system/`, and one import and one line
 * in its index; a new type of agent is a provider and one line here.
 */
import { type AgentProvider, createCatalogue } from './catalogue.ts'
import { builtIn, noneYet } from './providers.ts'
import { systemAgents } from './system/index.ts'

/** `custom`: those that people wrote. */
export const catalogueWith = (custom: AgentProvider) =>
  createCatalogue({ system: builtIn(systemAgents), imported: noneYet('imported'), custom })

/** What every workspace has. */
export const catalogue = catalogueWith(noneYet('custom'))
