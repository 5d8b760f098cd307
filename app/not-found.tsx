import type { Metadata } from 'next'
import { FrontDoor } from '#components/shell/front-door.tsx'
import { GoHome } from '#components/shell/ways-on.tsx'

export const metadata: Metadata = { title: 'Not found' }

export default function NotFound() {
  return (
    <FrontDoor
      title="There is nothing here"
      description="The page does not exist, or it belongs to a workspace that you are not a member of."
    >
      {/* Here, since a layout that found nothing has no metadata to give. */}
      <title>Not found · Carillon</title>
      <div>
        <GoHome />
      </div>
    </FrontDoor>
  )
}
