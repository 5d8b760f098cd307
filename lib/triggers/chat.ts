/** The built-in trigger of an agent: it runs when somebody asks the agent itself, and never by the clock. */
import { z } from 'zod'
import type { FactKind } from './kind.ts'
import { HOLDS } from './matching.ts'

export const CHAT = 'chat'
export const chat: FactKind<object> = {
  kind: CHAT,
  own: false,
  config: z.object({}),
  judge: () => [],
  describe: () => 'When it is asked',
  accepts: () => HOLDS,
}
