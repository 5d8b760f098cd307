import { api } from '#lib/contract/api.ts'
import { resource } from '#lib/http/door.ts'
import { route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  POST: route(api.previewDraft, async ({ workspace, body, carillon }) => ({
    preview: await carillon.advising.previewDraft(workspace.id, body),
  })),
})
