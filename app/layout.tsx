/** The frame of every page: fonts, colours, language. */
import './globals.css'
import latin from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'
import type { Metadata, Viewport } from 'next'
import { headers } from 'next/headers'
import { ThemeProvider } from 'next-themes'
import type { ReactNode } from 'react'
import { preload } from 'react-dom'
import { KEEP_PLACES } from '#components/shell/places.ts'
import { Toaster } from '#components/ui/toast.tsx'

export const metadata: Metadata = {
  title: { template: '%s · Carillon', default: 'Carillon' },
  description: 'Agents that run on time, and tell you what they found.',
  referrer: 'same-origin',
  robots: { index: false, follow: false },
}
export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#faf9f6' },
    { media: '(prefers-color-scheme: dark)', color: '#14110e' },
  ],
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined
  preload(latin, { as: 'font', type: 'font/woff2', crossOrigin: 'anonymous' })
  return (
    // The theme's class is set before the first paint, so the server cannot know it.
    <html lang="en" suppressHydrationWarning>
      <head>
        {/* By the framework's own way another one came with each page, and the mark on it was gone. */}
        <link rel="icon" href="/icon.svg" sizes="any" type="image/svg+xml" />
      </head>
      <body>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: words of our own, run with the page's own nonce */}
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: KEEP_PLACES }} />
        <ThemeProvider attribute="class" disableTransitionOnChange {...(nonce && { nonce })}>
          {children}
          <Toaster />
        </ThemeProvider>
      </body>
    </html>
  )
}
