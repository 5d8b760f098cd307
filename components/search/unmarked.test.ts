import { expect, test } from 'vitest'
import { unmarked } from './unmarked.ts'

test.each([
  [
    '- **Hotel Astoria** asks for 40 kettles. - **Fjord Tea** offers tea',
    'Hotel Astoria asks for 40 kettles. Fjord Tea offers tea',
  ],
  ['…storia** asks', '…storia asks'],
  ['5 - 3 is 2', '5 - 3 is 2'],
  ['## Runs 13 runs', 'Runs 13 runs'],
  ['a well-kept `list_of` things', 'a well-kept list_of things'],
])('%s', (text, words) => expect(unmarked(text)).toBe(words))
