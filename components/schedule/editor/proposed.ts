/** A proposal as the form opens it: what was said takes its places, everything else stays as it stood there. */
import { eventDraftOf } from '#components/event/opening.ts'
import type { Proposal } from '#lib/contract/proposal.ts'
import { contextDraft } from '../context/draft.ts'
import { isKindName } from '../kinds.ts'
import { wallOf } from '../wall-clock.ts'
import { type Draft, type EditorFacts, everyOf, withKind } from './draft.ts'

export function withProposal(draft: Draft, { trigger: it }: Proposal, facts: EditorFacts): Draft {
  const kind = isKindName(it.kind) ? it.kind : draft.kind
  const next = { ...draft, ...withKind(draft, kind, facts) }
  const bound = (at: string | null) => (at === null ? '' : wallOf(at, it.timezone))
  return {
    ...next,
    ...{ name: it.name, description: it.description, timezone: it.timezone },
    ...(it.cronExpression !== undefined && { cronExpression: it.cronExpression }),
    ...(it.everySeconds !== undefined && everyOf(it.everySeconds)),
    ...(it.at !== undefined && { at: wallOf(it.at, it.timezone) }),
    ...(it.event !== undefined && { event: eventDraftOf(it.event, facts.events) }),
    ...{ agentId: it.agentId, agentType: it.agentType },
    contexts: { ...next.contexts, [it.agentId]: next.contexts[it.agentId] ?? contextDraft(it.context) },
    policies: { ...next.policies, startsAt: bound(it.startsAt), endsAt: bound(it.endsAt) },
  }
}
