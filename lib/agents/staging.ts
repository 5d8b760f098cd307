/**
 * What agents may use in a staged run: what only reads is done, all else is said.
 *
 * Promise: nothing that has an effect is reached. An agent that cannot go on without the answer to such a thing ends
 * there, with what it would have done as its result.
 */
import type { AgentTools, Task } from './agent.ts'
import type { Upkeep } from './reach.ts'

const READS = new Set(['GET', 'HEAD'])

export interface Staged {
  tools: Omit<AgentTools, 'perform'>
  /** What would have been done, in words, as far as it came. */
  readonly held: readonly string[]
}

export function staged(
  tools: Omit<AgentTools, 'perform'>,
  { say, execution }: Pick<Task<unknown>, 'say' | 'execution'>,
): Staged {
  const held: string[] = []
  function hold(effect: 'inside' | 'outside', tool: string, words: string, given: object): void {
    held.push(words)
    const n = held.length
    // Those of an agent within this one are a part of the call that ran it.
    const data = { tool, effect, arguments: given, state: 'staged', ...(execution.part === '' && { n }) }
    say(`Staged: ${words}`, data, 'tool')
  }
  return {
    held,
    tools: {
      ...tools,
      async fetch(url, options = {}) {
        const { method = 'GET' } = options
        if (READS.has(method)) return tools.fetch(url, options)
        // The path and the headers may be secrets: many services put their key there.
        const { host } = URL.parse(url) ?? { host: 'an address' }
        hold('outside', 'fetch', `${method} to ${host}`, { method, host })
        throw new Error(`This run is staged: ${method} to ${host} was not sent.`)
      },
      doings: {
        ...tools.doings,
        async keepDocument({ name, from }) {
          hold('inside', 'documents', `keeps the document “${name}”`, { name, from })
        },
      },
      mail: {
        ...tools.mail,
        async send({ to, subject }) {
          hold('outside', 'send_mail', `mails “${subject}” to ${to.join(', ')}`, { to, subject })
          return null
        },
      },
      upkeep: stagedUpkeep(tools.upkeep, (words, given) => hold('inside', 'upkeep', words, given)),
    },
  }
}

function stagedUpkeep(upkeep: Upkeep, hold: (words: string, given: object) => void): Upkeep {
  const nothing = { changed: 0, bytes: 0, next: null }
  const day = (at: Date) => at.toISOString().slice(0, 10)
  return {
    ...upkeep,
    async archiveMessages({ before }) {
      hold(`archives messages older than ${day(before)}`, { before })
      return nothing
    },
    async pruneExecutions({ before }) {
      hold(`deletes executions older than ${day(before)}`, { before })
      return nothing
    },
    async dropWorkingCopies({ before }) {
      hold(`removes what runs that ended before ${day(before)} had kept to go on`, { before })
      return nothing
    },
    async removeDeletedTriggers(before) {
      hold(`removes schedules without history that were deleted before ${day(before)}`, { before })
      return { removed: 0, more: false }
    },
    async removeStaleInvitations(before) {
      hold(`removes invitations that expired before ${day(before)}`, { before })
      return 0
    },
    file: {
      ...upkeep.file,
      checkpoint: async () => [],
      async giveBackSomePages() {
        hold('gives unused pages of the file back', {})
        return []
      },
      async rewrite() {
        hold('rewrites the file to make it smaller', {})
        return []
      },
    },
  }
}
