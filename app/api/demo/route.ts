import { api } from '#lib/contract/api.ts'
import { ProblemError } from '#lib/contract/problem.ts'
import { resource } from '#lib/http/door.ts'
import { DONE, route } from '#lib/http/route.ts'

export const dynamic = 'force-dynamic'
export const { GET, POST, PUT, PATCH, DELETE } = resource({
  GET: route(api.demo, async ({ carillon }) => ({ demo: await carillon.demo.state() })),
  POST: route(api.loadDemo, async ({ actor, body, carillon }) => {
    if (actor.kind !== 'person')
      throw new ProblemError(403, 'The demo belongs to whoever loads it: sign in as a person.')
    return { demo: await carillon.demo.load(body, actor) }
  }),
  DELETE: route(api.removeDemo, async ({ carillon }) => {
    await carillon.demo.remove()
    return DONE
  }),
})
