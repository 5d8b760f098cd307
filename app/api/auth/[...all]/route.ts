import { door } from '#lib/http/door.ts'

export const dynamic = 'force-dynamic'
const accounts = door('/auth', (request, _params, carillon) => carillon.auth.handler(request))
export { accounts as GET, accounts as POST, accounts as PUT, accounts as PATCH, accounts as DELETE }
