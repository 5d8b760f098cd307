'use client'
/** What a person sets for themselves, in whichever workspace they are. */
import { Page } from '#components/ui/page.tsx'
import { useMe } from '#lib/client/people.ts'
import { NameForm } from './name-form.tsx'
import { PasswordForm } from './password-form.tsx'
import { ReadingForm } from './reading-form.tsx'
import { Sessions } from './sessions.tsx'
import { Shortcuts } from './shortcuts.tsx'

export function Profile() {
  const me = useMe().data
  if (!me) return null
  return (
    <Page title="Profile" width="narrow" description="For you alone, in every workspace.">
      <NameForm me={me} />
      <ReadingForm preferences={me.preferences} />
      <Shortcuts on={me.preferences.shortcuts} />
      <PasswordForm />
      <Sessions />
    </Page>
  )
}
