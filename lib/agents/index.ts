/**
 * The agents of this installation. A new system agent is one file in `system/`, and one import and one line
 * in its index; a new type of agent is a provider and one line here.
 */
import { createCatalogue } from './catalogue.ts'
import { builtIn, noneYet } from './providers.ts'
import { systemAgents } from './system/index.ts'

export const catalogue = createCatalogue({
  system: builtIn(systemAgents),
  imported: noneYet('imported'),
  custom: noneYet('custom'),
})
