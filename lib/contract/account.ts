/** The accounts of the installation, as its administrators see them. */
import { z } from 'zod'
import { Instant } from './fields.ts'
import { SetUp } from './workspace.ts'

export const Account = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  installationAdmin: z.boolean(),
  disabled: z.boolean().meta({ description: 'It cannot sign in, and what it made has no rights.' }),
  sessions: z.number().meta({ description: 'Browsers that are signed in to it.' }),
  createdAt: Instant,
})
export type Account = z.infer<typeof Account>
export const AccountChange = z.strictObject({ disabled: z.boolean() })

/** `token` is what the link carries that an administrator made. */
export const PasswordReset = SetUp.pick({ token: true, password: true })
