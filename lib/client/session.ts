/** Getting in and out: what the doors of the app say to the server. */
import type { Api, BodyInput } from '#lib/contract/api.ts'
import { call, send } from './call.ts'

export const signIn = (email: string, password: string) =>
  send<unknown>('POST', '/api/auth/sign-in/email', { body: { email, password } })
export const signOut = () => send<unknown>('POST', '/api/auth/sign-out', { body: {} })
export const setUp = (body: BodyInput<Api['setUp']>) => call('setUp', { body })
export const resetPassword = (body: BodyInput<Api['resetPassword']>) => call('resetPassword', { body })
export const join = (body: BodyInput<Api['join']>) => call('join', { body })
export const accept = (token: string) => call('accept', { body: { token } })
