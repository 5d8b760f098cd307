/** What the policies are that are chosen, in words. */

export interface Choice {
  value: string
  label: string
  hint: string
}
export const CHOICES: Record<'overlap' | 'misfire' | 'post', readonly Choice[]> = {
  overlap: [
    { value: 'skip', label: 'Skip', hint: 'The new run does not take place; the history says why.' },
    {
      value: 'buffer_one',
      label: 'Queue one',
      hint: 'One run waits for the end of the last; further ones are skipped.',
    },
    { value: 'buffer_all', label: 'Queue all', hint: 'Every run waits its turn, up to a limit.' },
    {
      value: 'cancel_other',
      label: 'Cancel the running one',
      hint: 'The new run takes the place of the one that still goes on.',
    },
    { value: 'allow_all', label: 'Run side by side', hint: 'Runs do not look at each other.' },
  ],
  misfire: [
    {
      value: 'latest',
      label: 'Run the newest once',
      hint: 'One run makes up for everything that was missed.',
    },
    { value: 'skip', label: 'Leave them out', hint: 'The next run is the next planned one.' },
    {
      value: 'all',
      label: 'Run all of them',
      hint: 'Each missed run takes place, oldest first, up to a limit.',
    },
  ],
  post: [
    { value: 'always', label: 'Always', hint: 'Every result appears in the chat.' },
    { value: 'on_change', label: 'When the result changes', hint: 'A result like the last one stays quiet.' },
    { value: 'on_failure', label: 'When it fails', hint: 'Good results stay in the history only.' },
    {
      value: 'when_notable',
      label: 'When the agent has something to say',
      hint: 'The agent decides whether a result is worth it.',
    },
  ],
}

export const choiceLabel = (name: keyof typeof CHOICES, value: string) =>
  CHOICES[name].find((it) => it.value === value)?.label ?? value
