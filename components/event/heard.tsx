'use client'
/** Which schedules looked at something that happened, and what each of them said: asked for when it is opened. */
import { Link } from '#components/ui/link.tsx'
import { useState } from 'react'
import { Disclosure } from '#components/ui/disclosure.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { useHeard } from '#lib/client/happenings.ts'

export function Heard({ slug, id }: { slug: string; id: number }) {
  const [open, setOpen] = useState(false)
  const heard = useHeard(slug, id, open)
  return (
    <Disclosure title="Who looked at it" onOpenChange={setOpen} className="[&_summary]:font-normal">
      <div aria-live="polite" className="pb-1 pl-6">
        {heard.error && <ProblemNote error={heard.error} />}
        {heard.data?.heardBy.length === 0 && <p className="text-faint">No schedule waits for this type.</p>}
        <ul className="flex flex-col gap-1.5">
          {heard.data?.heardBy.map((it) => (
            <li key={it.triggerId} className="wrap-anywhere">
              <Link
                href={`/w/${slug}/schedules/${it.triggerId}`}
                className="font-medium text-accent-text underline underline-offset-4"
              >
                {it.name}
              </Link>{' '}
              {it.answer}{' '}
              {it.executionId !== null && (
                <Link
                  href={`/w/${slug}/executions/${it.executionId}`}
                  className="text-accent-text underline underline-offset-4"
                >
                  Run #{it.executionId}
                </Link>
              )}
            </li>
          ))}
        </ul>
        {heard.data?.more && <p className="text-faint">More schedules wait for it than are shown here.</p>}
      </div>
    </Disclosure>
  )
}
