/** How everything looks that opens over the page beside its anchor. */
export const popupClass =
  'origin-(--transform-origin) rounded-lg border border-line bg-raised text-ink shadow-raised outline-none transition-[scale,opacity] duration-100 data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0'
export const optionClass =
  'usual-option flex min-h-8 cursor-default items-center rounded-md px-2 py-1.5 text-sm outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0'
/** What lies over the page under a dialog. */
export const veilClass =
  'fixed inset-0 z-40 bg-veil transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0'
/** The closed form of a list of choices, beside what every control looks like. */
export const selectClass =
  'flex h-9 items-center justify-between gap-2 text-left text-sm data-popup-open:border-soft pointer-coarse:h-11'
