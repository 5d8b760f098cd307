/**
 * What can be done about a page that could not be drawn. It comes with every
 * page, whether it is needed or not, so it is made of plain elements only.
 */
const common =
  'inline-flex h-9 items-center rounded-md px-3.5 text-sm font-medium shadow-card transition-colors pointer-coarse:h-11'

export function TryAgain({ reset }: { reset: () => void }) {
  return (
    <button
      type="button"
      onClick={reset}
      className={`${common} bg-accent text-on-accent hover:bg-accent-hover`}
    >
      Try again
    </button>
  )
}

export function GoHome() {
  return (
    <a href="/" className={`${common} border border-edge/60 bg-surface text-ink hover:bg-hover`}>
      Go to your workspace
    </a>
  )
}
