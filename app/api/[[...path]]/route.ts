import { nowhere } from '#lib/http/door.ts'

export const dynamic = 'force-dynamic'
export { nowhere as GET, nowhere as POST, nowhere as PUT, nowhere as PATCH, nowhere as DELETE }
