/** A page that is there and not for the member who opened it: whom it is for, and the way on. */
import { Lock } from 'lucide-react'
import { ButtonLink } from '#components/ui/button.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { Page } from '#components/ui/page.tsx'

const WORDS = {
  editor: {
    title: 'Only editors do this',
    text: 'You may look at everything in this workspace. An administrator can make you an editor.',
  },
  admin: {
    title: 'Only administrators see this',
    text: 'You are a member of this workspace, and no administrator of it. An administrator can make you one.',
  },
  installation: {
    title: 'Only administrators of the installation see this',
    text: 'It is about all workspaces. Whoever runs this Carillon can look it over for you.',
  },
}

export const Reserved = ({
  title,
  to,
  slug,
}: {
  /** Of the page that it stands for. */
  title: string
  to: keyof typeof WORDS
  slug: string
}) => (
  <Page title={title} width="narrow">
    <Empty
      icon={<Lock />}
      title={WORDS[to].title}
      action={
        to === 'installation' ? null : (
          <ButtonLink href={`/w/${slug}/members`}>See who is a member here</ButtonLink>
        )
      }
    >
      {WORDS[to].text}
    </Empty>
  </Page>
)
