'use client'
/** Which kinds the file has, and the file. */
import { Download } from 'lucide-react'
import { useState } from 'react'
import { buttonClass } from '#components/ui/button-class.ts'
import { Button } from '#components/ui/button.tsx'
import { Section } from '#components/ui/card.tsx'
import { Checkbox } from '#components/ui/checkbox.tsx'
import { exportAddress } from '#lib/client/exchange.ts'
import type { ListName } from '#lib/contract/exchange.ts'
import { LISTED } from './words.ts'

const ALL = LISTED.map((it) => it.name)

export function Exporting({ slug }: { slug: string }) {
  const [chosen, setChosen] = useState<readonly ListName[]>(ALL)
  const set = (name: ListName, isChosen: boolean) =>
    setChosen(ALL.filter((it) => (it === name ? isChosen : chosen.includes(it))))
  return (
    <Section id="export" title="Export">
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-sm text-soft">What the file has</legend>
        <div className="grid gap-x-6 sm:grid-cols-2">
          {LISTED.map(({ name, label }) => (
            // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox stands inside
            <label key={name} className="flex min-h-9 items-center gap-3 text-sm pointer-coarse:min-h-11">
              <Checkbox checked={chosen.includes(name)} onCheckedChange={(it) => set(name, it)} />
              {label}
            </label>
          ))}
        </div>
      </fieldset>
      <div className="mt-4">
        {chosen.length === 0 ? (
          <Button disabled>
            <Download aria-hidden />
            Choose something to export
          </Button>
        ) : (
          <a className={buttonClass()} href={exportAddress(slug, chosen)} download>
            <Download aria-hidden />
            Download
          </a>
        )}
      </div>
    </Section>
  )
}
