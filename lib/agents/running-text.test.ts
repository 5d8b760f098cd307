/** What stands in a few lines beside other things has no marks of Markdown, and loses no words. */
import { expect, test } from 'vitest'
import { inline } from './markdown.ts'
import { runningText } from './running-text.ts'

test.each([
  [
    'The week\n\n| | this week | last week |\n|---|---|---|\n| Orders | 202 | 190 |\n| Returns | | **3** |',
    'The week\nthis week · last week\nOrders · 202 · 190\nReturns · – · 3',
  ],
  ['## New\n\n- one **b**\n- two `c`\n  - [three](https://e.example/x)', 'New\n• one b\n• two c\n• three'],
  ['1. first\n2. second', '• first\n• second'],
  ['- a\n\n- b', '• a\n• b'],
  ['It *is* ~~not~~ done.\nGo on.', 'It is not done.\nGo on.'],
  ['> He said so.\n\n---\n\n```js\nlet a  = 1\n```', 'He said so.\nlet a = 1'],
  [
    '![A bell](https://e.example/b.png) rings; - no point, # no heading',
    'A bell rings; - no point, # no heading',
  ],
  ['- [x] rung\n- [ ] cast', '• rung\n• cast'],
  [inline('a | **b** <img src=x> [l](u) `c` &amp;'), 'a | **b** <img src=x> [l](u) `c` &amp;'],
  ['', ''],
])('%j', (markdown, text) => {
  expect(runningText(markdown)).toBe(text)
})
