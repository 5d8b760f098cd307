'use client'
/** Filters by name: chosen, kept, let go of. They are kept in this browser. */
import { Bookmark, X } from 'lucide-react'
import { Link } from '#components/ui/link.tsx'
import { useSearchParams } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { Button } from '#components/ui/button.tsx'
import { Dialog, DialogContent, DialogTrigger } from '#components/ui/dialog.tsx'
import { Field } from '#components/ui/field.tsx'
import { Input } from '#components/ui/input.tsx'
import { keepViews, loadViews, type View, withView } from './saved-views.ts'

export function SavedViews({ slug }: { slug: string }) {
  const [open, setOpen] = useState(false)
  return (
    <Dialog open={open} onOpenChange={setOpen}>
      <DialogTrigger
        render={
          <Button size="sm">
            <Bookmark aria-hidden />
            Views
          </Button>
        }
      />
      <DialogContent title="Saved views" description="Filters that you have named, in this browser.">
        {open && <Views slug={slug} close={() => setOpen(false)} />}
      </DialogContent>
    </Dialog>
  )
}

function Views({ slug, close }: { slug: string; close(): void }) {
  const [views, setViews] = useState(() => loadViews(slug))
  const [name, setName] = useState('')
  const query = useSearchParams().toString()
  function keep(next: View[]) {
    keepViews(slug, next)
    setViews(next)
  }
  function save(event: FormEvent) {
    event.preventDefault()
    if (name.trim() === '') return
    keep(withView(views, { name: name.trim(), query }))
    setName('')
  }
  return (
    <div className="flex flex-col gap-4">
      {views.length > 0 && (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {views.map((it) => (
            <li key={it.name} className="flex items-center gap-2 pr-1 pl-3">
              <Link
                href={`/w/${slug}/executions?${it.query}`}
                onClick={close}
                className="min-w-0 flex-1 py-2.5 text-sm font-medium wrap-anywhere underline-offset-4 hover:underline"
              >
                {it.name}
              </Link>
              <Button
                variant="ghost"
                size="iconSm"
                aria-label={`Forget ${it.name}`}
                onClick={() => keep(views.filter((one) => one.name !== it.name))}
              >
                <X aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={save} className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <Field label="Save these filters as" hint={query === '' ? 'No filter is set now.' : undefined}>
            <Input value={name} onValueChange={setName} maxLength={60} autoComplete="off" />
          </Field>
        </div>
        <Button type="submit">Keep</Button>
      </form>
    </div>
  )
}
