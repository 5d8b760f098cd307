/** US dollars: cents where there are any, else as many places as it takes to be more than nothing. */
export function dollars(amount: number): string {
  if (amount === 0) return '$0'
  if (amount >= 0.01) return `$${amount.toFixed(2)}`
  return `$${amount.toPrecision(2)}`
}
