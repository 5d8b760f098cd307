/** US dollars as people read them: to the cent, and below ten cents to two figures that count. */
export function dollarPlaces(amount: number) {
  if (amount === 0) return { minimumFractionDigits: 0, maximumFractionDigits: 0 }
  const places = amount < 0.1 ? 1 - Math.floor(Math.log10(amount)) : 2
  return { minimumFractionDigits: 2, maximumFractionDigits: places }
}

/** As the server says it in a sentence; pages write them as whoever looks does. */
export const dollars = (amount: number): string => `$${amount.toLocaleString('en', dollarPlaces(amount))}`
