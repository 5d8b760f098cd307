'use client'
/** Which workspace this is, and the way to the others. */
import { ChevronsUpDown, Plus } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { Dialog, DialogContent } from '#components/ui/dialog.tsx'
import {
  Menu,
  MenuContent,
  MenuItem,
  MenuLabel,
  MenuRadioGroup,
  MenuRadioItem,
  MenuSeparator,
  MenuTrigger,
} from '#components/ui/menu.tsx'
import { useMe } from '#lib/client/people.ts'

const NewWorkspace = lazily(() => import('./new-workspace.tsx'))

const Initial = ({ name }: { name: string }) => (
  <span
    aria-hidden
    className="flex size-6 shrink-0 items-center justify-center rounded-md bg-accent-soft text-xs font-semibold text-accent-text"
  >
    {[...name][0]?.toUpperCase()}
  </span>
)

export function WorkspaceSwitcher({ slug }: { slug: string }) {
  const router = useRouter()
  const me = useMe()
  const [making, setMaking] = useState(false)
  const workspaces = me.data?.workspaces ?? []
  const name = workspaces.find((it) => it.slug === slug)?.name ?? slug
  return (
    <>
      <Menu>
        <MenuTrigger className="flex h-10 w-full min-w-0 items-center gap-2.5 rounded-md px-2 text-left text-sm font-semibold hover:bg-hover data-popup-open:bg-hover md:border md:border-line md:bg-surface md:shadow-card">
          <Initial name={name} />
          <span className="sr-only">Workspace:</span>
          <span className="min-w-0 flex-1 truncate">{name}</span>
          <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-faint" />
        </MenuTrigger>
        <MenuContent className="min-w-54">
          <MenuRadioGroup value={slug} onValueChange={(chosen: string) => router.push(`/w/${chosen}`)}>
            <MenuLabel>Workspaces</MenuLabel>
            {workspaces.map((it) => (
              <MenuRadioItem key={it.slug} value={it.slug}>
                <Initial name={it.name} />
                <span className="min-w-0 truncate">{it.name}</span>
              </MenuRadioItem>
            ))}
          </MenuRadioGroup>
          {me.data?.installationAdmin && (
            <>
              <MenuSeparator />
              <MenuItem onClick={() => setMaking(true)}>
                <Plus aria-hidden className="mx-1" />
                New workspace …
              </MenuItem>
            </>
          )}
        </MenuContent>
      </Menu>
      <Dialog open={making} onOpenChange={setMaking}>
        <DialogContent title="New workspace" description="Its people, agents and chat are its own.">
          <NewWorkspace />
        </DialogContent>
      </Dialog>
    </>
  )
}
