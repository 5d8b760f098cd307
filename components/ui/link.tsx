'use client'
/**
 * A way to another page. Nothing of it is fetched before somebody reaches for it: each page is made for whoever asks,
 * so all that could come early is that the page exists, and Now asked the server some thirty times for that.
 */
import NextLink from 'next/link'
import { type ComponentProps, useState } from 'react'

export type LinkProps = Omit<ComponentProps<typeof NextLink>, 'prefetch'>

export const Link = (props: LinkProps) => <NextLink prefetch={false} {...props} />

/**
 * Of few that lead everywhere: the page is on its way between reaching for it and pressing. Not longer: the framework
 * goes on asking for what a link in sight wants, each time that it has become old.
 */
export function LinkAhead(props: LinkProps) {
  const [isNear, setNear] = useState(false)
  const [near, far] = [() => setNear(true), () => setNear(false)]
  return (
    <NextLink
      prefetch={isNear}
      onPointerEnter={near}
      onPointerLeave={far}
      onFocus={near}
      onBlur={far}
      {...props}
    />
  )
}
