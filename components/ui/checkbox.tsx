/** Chosen or not, with effect when the form is sent. */
export function Checkbox({
  checked,
  onCheckedChange,
}: {
  checked: boolean
  onCheckedChange(checked: boolean): void
}) {
  return (
    <input
      type="checkbox"
      checked={checked}
      onChange={(event) => onCheckedChange(event.target.checked)}
      className="size-5 shrink-0 accent-accent"
    />
  )
}
