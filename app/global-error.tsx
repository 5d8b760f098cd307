'use client'
/** The frame itself failed, so nothing of it can be used here, not even the colours. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="en">
      <body
        style={{
          fontFamily: 'system-ui, sans-serif',
          display: 'grid',
          placeContent: 'center',
          minHeight: '100dvh',
          margin: 0,
          padding: '1rem',
          colorScheme: 'light dark',
        }}
      >
        <title>Carillon</title>
        <h1 style={{ fontSize: '1.25rem' }}>Carillon could not be shown</h1>
        <p>Nothing is lost: your schedules keep running.</p>
        <p>
          <button type="button" onClick={reset} style={{ font: 'inherit', padding: '0.5rem 1rem' }}>
            Try again
          </button>
        </p>
      </body>
    </html>
  )
}
