/** US dollars as people read them: to the cent, and below ten cents to two figures that count. */
export function dollars(amount: number): string {
  if (amount === 0) return '$0'
  const places = amount < 0.1 ? 1 - Math.floor(Math.log10(amount)) : 2
  const exact = { minimumFractionDigits: 2, maximumFractionDigits: places }
  return `$${amount.toLocaleString('en', exact)}`
}
