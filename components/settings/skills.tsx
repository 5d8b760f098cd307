'use client'
/** Skills from elsewhere: how they come, and how it stands with each. */
import { Puzzle } from 'lucide-react'
import { Link } from '#components/ui/link.tsx'
import { ImportSkill } from '#components/skill/import-skill.tsx'
import { FORMATS, SkillState } from '#components/skill/state.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { useSkills } from '#lib/client/skills.ts'
import type { FolderProblem, Skill } from '#lib/contract/skill.ts'

export function Skills({ slug }: { slug: string }) {
  const skills = useSkills(slug)
  const { problems = [], containment } = skills.data ?? {}
  return (
    <ListCard
      id="skills"
      title="Skills"
      about="Code from elsewhere that agents can run, kept apart from everything else. None of it runs until you accept it."
      above={<ImportSkill slug={slug} />}
      items={{ ...skills, data: skills.data?.skills }}
      empty={{
        icon: <Puzzle />,
        title: 'No skills yet',
        words:
          'Skills for AnythingLLM run as they are; Agent Skills tell your own agents how to do something.',
      }}
      below={
        <>
          <Problems problems={problems} />
          {containment && (
            <p className="border-t border-line px-5 py-3 text-sm text-faint">{containment.detail}</p>
          )}
        </>
      }
    >
      {(it) => <One key={it.id} slug={slug} skill={it} />}
    </ListCard>
  )
}

function One({ slug, skill: it }: { slug: string; skill: Skill }) {
  const uses = it.usedBy.map(({ name }) => name)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          <Link href={`/w/${slug}/settings/skills/${it.id}`} className="underline-offset-4 hover:underline">
            {it.name}
          </Link>
          <SkillState skill={it} />
        </p>
        {it.description && <p className="line-clamp-2 text-sm text-soft wrap-anywhere">{it.description}</p>}
        <p className="text-sm text-faint wrap-anywhere">
          {FORMATS[it.format]} <code className="font-mono">{it.hubId}</code>
          {it.source === 'folder' && ', from a folder of the server'}
          {uses.length > 0 && `, used by ${uses.join(', ')}`}
        </p>
      </div>
    </li>
  )
}

function Problems({ problems }: { problems: FolderProblem[] }) {
  if (problems.length === 0) return null
  return (
    <ul aria-label="Folders that are no skills" className="border-t border-line px-5 py-3 text-sm">
      {problems.map((it) => (
        <li key={it.folder} className="text-warn wrap-anywhere">
          <code className="font-mono">plugins/agent-skills/{it.folder}</code>: {it.problem}
        </li>
      ))}
    </ul>
  )
}
