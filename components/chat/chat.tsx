'use client'
/** The chat's page: search above, the feed, the composer below. */
import { X } from 'lucide-react'
import { parseAsInteger, useQueryState } from 'nuqs'
import { Suspense, useCallback } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { Button, ButtonLink } from '#components/ui/button.tsx'
import { useResting } from '#components/ui/resting.ts'
import { SearchInput } from '#components/ui/search-input.tsx'
import type { Message } from '#lib/contract/message.ts'
import { usePostMessage } from '#lib/client/messages.ts'
import { useMay } from '#lib/client/people.ts'
import { Composer } from './composer.tsx'
import { Feed } from './feed.tsx'

const Around = lazily(() => import('./around.tsx'))
const Thread = lazily(() => import('./thread.tsx'))

export function Chat({ slug, known }: { slug: string; known?: Message[] | undefined }) {
  const [q, setQ] = useQueryState('q', { defaultValue: '' })
  const searched = useResting(q.trim(), 250)
  const [thread, setThread] = useQueryState('thread', parseAsInteger)
  const [place, setPlace] = useQueryState('m', parseAsInteger)
  const openThread = useCallback((id: number) => void setThread(id), [setThread])
  const post = usePostMessage(slug)
  const may = useMay(slug, 'editor')
  return (
    <div className="flex h-full flex-col">
      <header className="flex items-center gap-3 border-b border-line px-4 py-2.5 sm:px-6">
        <h1 className="text-lg font-semibold">Chat</h1>
        <search className="ml-auto w-full max-w-72 min-w-0">
          <SearchInput
            label="Search the chat"
            placeholder="Search"
            value={q}
            onChange={(value) => void setQ(value || null)}
          >
            {q && (
              <Button
                variant="ghost"
                size="iconSm"
                aria-label="Clear the search"
                className="absolute inset-y-0 right-0.5 my-auto"
                onClick={() => void setQ(null)}
              >
                <X aria-hidden />
              </Button>
            )}
          </SearchInput>
        </search>
        <ButtonLink
          variant="ghost"
          size="sm"
          href={`/w/${slug}/search${q ? `?q=${encodeURIComponent(q)}` : ''}`}
          aria-label="Search everywhere"
        >
          Everywhere
        </ButtonLink>
      </header>
      {/* Another search is another list, at its own end. */}
      <div className="relative flex min-h-0 flex-1">
        <div className="flex min-w-0 flex-1 flex-col">
          {place === null || searched ? (
            <Feed key={searched} slug={slug} q={searched} known={known} openThread={openThread} />
          ) : (
            <Suspense>
              <Around slug={slug} id={place} openThread={openThread} leave={() => void setPlace(null)} />
            </Suspense>
          )}
          {may && !searched && place === null && (
            <div className="mx-auto w-full max-w-3xl shrink-0 px-4 pb-3 sm:px-8">
              <Composer slug={slug} onSend={post} />
            </div>
          )}
        </div>
        {thread !== null && (
          <Suspense>
            <Thread
              key={thread}
              slug={slug}
              id={thread}
              close={() => void setThread(null)}
              onMissing={() => void setThread(null)}
            />
          </Suspense>
        )}
      </div>
    </div>
  )
}
