'use client'
/** Who is signed in, how the pages look, and the way out. */
import { LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react'
import { useTheme } from 'next-themes'
import {
  Menu,
  MenuContent,
  MenuGroup,
  MenuItem,
  MenuLink,
  MenuLabel,
  MenuRadioGroup,
  MenuRadioItem,
  MenuSeparator,
  MenuTrigger,
} from '#components/ui/menu.tsx'
import { cn } from '#components/ui/cn.ts'
import { useMe } from '#lib/client/people.ts'
import { leave } from './sign-out.tsx'

const THEMES = [
  { value: 'system', label: 'As the system', Icon: Monitor },
  { value: 'light', label: 'Light', Icon: Sun },
  { value: 'dark', label: 'Dark', Icon: Moon },
] as const

export const initialsOf = (name: string) =>
  name
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((it) => [...it][0]?.toUpperCase())
    .join('')

export function AccountMenu({ slug, wide = false }: { slug: string; wide?: boolean | undefined }) {
  const me = useMe().data
  const { theme = 'system', setTheme } = useTheme()
  const name = me?.name ?? 'Account'
  return (
    <Menu>
      <MenuTrigger
        className={cn(
          'flex h-11 items-center gap-2.5 rounded-md px-2 text-left hover:bg-hover data-popup-open:bg-hover',
          wide && 'w-full',
        )}
      >
        <span
          aria-hidden
          className="flex size-7 shrink-0 items-center justify-center rounded-full bg-sunken text-xs font-semibold text-soft ring-1 ring-line"
        >
          {initialsOf(name)}
        </span>
        <span className="sr-only">Account{!wide && ` of ${name}`}</span>
        {wide && (
          <span className="min-w-0 flex-1 leading-tight">
            <span className="block truncate text-sm font-medium">{name}</span>
            <span className="block truncate text-xs text-faint">{me?.email}</span>
          </span>
        )}
      </MenuTrigger>
      <MenuContent side={wide ? 'top' : 'bottom'} align={wide ? 'start' : 'end'} className="min-w-54">
        <MenuGroup>
          <MenuLabel className="truncate">{me?.email ?? name}</MenuLabel>
        </MenuGroup>
        <MenuSeparator />
        <MenuRadioGroup value={theme} onValueChange={setTheme}>
          <MenuLabel>Appearance</MenuLabel>
          {THEMES.map(({ value, label, Icon }) => (
            <MenuRadioItem key={value} value={value}>
              <Icon aria-hidden />
              {label}
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
        <MenuSeparator />
        <MenuLink href={`/w/${slug}/profile`}>
          <UserRound aria-hidden />
          Profile
        </MenuLink>
        <MenuItem onClick={leave}>
          <LogOut aria-hidden />
          Sign out
        </MenuItem>
      </MenuContent>
    </Menu>
  )
}
