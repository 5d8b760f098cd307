import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { hook } from '#lib/http/hook.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  POST: hook(api.callHook),
})
