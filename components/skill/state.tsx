/** How it stands with a skill, in one word. */
import { CircleCheck, Eye } from 'lucide-react'
import { Badge } from '#components/ui/badge.tsx'
import type { Skill } from '#lib/contract/skill.ts'

export function SkillState({
  skill: { status, acceptedSha256 },
}: {
  skill: Pick<Skill, 'status' | 'acceptedSha256'>
}) {
  if (status === 'accepted')
    return (
      <Badge tone="good">
        <CircleCheck aria-hidden />
        Accepted
      </Badge>
    )
  return (
    <Badge tone="warn">
      <Eye aria-hidden />
      {acceptedSha256 === null ? 'To be looked at' : 'Has changed'}
    </Badge>
  )
}

export const FORMATS = { anythingllm: 'AnythingLLM skill', 'agent-skill': 'Agent Skill' } as const
