'use client'
/**
 * How much is unread, where somebody sees it who looks at another tab: in the title and in the icon.
 *
 * Promise: whatever the page calls itself later, its number stays in front of it.
 */

const IN_FRONT = /^\(\d+\+?\) /
let shown = 0
let watching: MutationObserver | null = null

export const titled = (title: string, count: number): string =>
  (count > 0 ? `(${count > 99 ? '99+' : count}) ` : '') + title.replace(IN_FRONT, '')

function writeTitle(): void {
  const wanted = titled(document.title, shown)
  if (document.title !== wanted) document.title = wanted
}

const DOT = '<circle cx="24" cy="8" r="8" fill="#c8371b"/>'

async function drawIcon(): Promise<void> {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel="icon"]')) {
    link.dataset.plain ??= link.href
    if (shown === 0) {
      link.href = link.dataset.plain
      continue
    }
    const drawn = await fetch(link.dataset.plain).then((it) => it.text())
    if (shown > 0 && drawn.includes('</svg>'))
      link.href = `data:image/svg+xml,${encodeURIComponent(drawn.replace('</svg>', `${DOT}</svg>`))}`
  }
}

export function showBadge(count: number): void {
  const isOther = count > 0 !== shown > 0
  shown = count
  writeTitle()
  watching ??= new MutationObserver(writeTitle)
  // The framework puts another title element in place with each page.
  watching.observe(document.head, { subtree: true, childList: true, characterData: true })
  if (isOther) void drawIcon().catch(() => {})
}
