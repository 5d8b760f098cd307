import { door } from '#lib/http/door.ts'
import { recordedSignIn } from '#lib/http/recorded.ts'

export const dynamic = 'force-dynamic'
const accounts = door('/auth', (request, _params, carillon) => recordedSignIn(carillon, request))
export { accounts as GET, accounts as POST, accounts as PUT, accounts as PATCH, accounts as DELETE }
