import { ScrollRegion } from '#components/ui/scroll-region.tsx'

/** The arguments of a call, each in full: nothing that will be sent is left out. */
export function Arguments({ of: given, edited }: { of: unknown; edited: boolean }) {
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : []
  if (entries.length === 0) return null
  return (
    <ScrollRegion
      aria-label={edited ? 'Edited arguments' : 'Arguments'}
      className="max-h-96 overflow-auto rounded-md border border-line bg-sunken px-3 py-2"
    >
      {edited && <p className="mb-1 text-xs font-medium text-warn">Edited by whoever approved it</p>}
      <dl className="grid gap-x-4 gap-y-1.5 text-sm sm:grid-cols-[auto_1fr]">
        {entries.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-faint">{name}</dt>
            <dd className="min-w-0 font-mono text-xs leading-5 whitespace-pre-wrap wrap-anywhere">
              {typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
            </dd>
          </div>
        ))}
      </dl>
    </ScrollRegion>
  )
}
