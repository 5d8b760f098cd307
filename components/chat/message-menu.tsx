'use client'
/** What one can do with a message. */
import { MessageSquare, MoreHorizontal, Pencil, Trash2 } from 'lucide-react'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '#components/ui/menu.tsx'

interface MessageMenuProps {
  name: string
  ask: ((doing: 'edit' | 'delete') => void) | undefined
  reply: (() => void) | undefined
}

export function MessageMenu({ name, ask, reply }: MessageMenuProps) {
  return (
    <Menu>
      <MenuTrigger
        aria-label={`More: ${name}`}
        className="flex size-7 shrink-0 items-center justify-center rounded-md text-faint opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-hover aria-expanded:opacity-100 pointer-coarse:size-10 pointer-coarse:opacity-100"
      >
        <MoreHorizontal aria-hidden className="size-4" />
      </MenuTrigger>
      <MenuContent align="end">
        {reply && (
          <MenuItem onClick={reply}>
            <MessageSquare aria-hidden />
            Reply in a thread
          </MenuItem>
        )}
        {ask && (
          <>
            <MenuItem onClick={() => ask('edit')}>
              <Pencil aria-hidden />
              Edit
            </MenuItem>
            <MenuItem danger onClick={() => ask('delete')}>
              <Trash2 aria-hidden />
              Delete
            </MenuItem>
          </>
        )}
      </MenuContent>
    </Menu>
  )
}
