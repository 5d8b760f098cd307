/** Who did it, for the record: their name is kept as it was then. */
import { z } from 'zod'

export const By = z.object({
  kind: z.enum(['person', 'key', 'system']),
  id: z.string(),
  name: z.string(),
})
export type By = z.infer<typeof By>
