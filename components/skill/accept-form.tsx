'use client'
/** What a skill is set up with and what it may reach; sent, it is accepted with just the files that are shown. */
import { type FormEvent, useState } from 'react'
import { ContextFields } from '#components/schedule/context/context-fields.tsx'
import { contextDraft, obstacle } from '#components/schedule/context/draft.ts'
import { fieldsOf } from '#components/schedule/context/schema.ts'
import { Button } from '#components/ui/button.tsx'
import { Section } from '#components/ui/card.tsx'
import { ProblemNote } from '#components/ui/problem.tsx'
import { toast } from '#components/ui/toast.tsx'
import { fieldErrors, isProblem } from '#lib/client/problem.ts'
import { useAcceptSkill } from '#lib/client/skills.ts'
import type { SkillDetail } from '#lib/contract/skill.ts'
import { errorsIn, grantsDraft, grantsOf, setupDraft, setupOf } from './draft.ts'
import { Grants } from './grants.tsx'

export function AcceptForm({ slug, skill }: { slug: string; skill: SkillDetail }) {
  const accepting = useAcceptSkill(slug, skill.id)
  const [setup, setSetup] = useState(() => contextDraft(setupDraft(skill)))
  const [grants, setGrants] = useState(() => grantsDraft(skill))
  const fields = fieldsOf(skill.setup)
  const errors = errorsIn(fieldErrors(accepting.error))
  const blocked = obstacle(setup)
  const again = skill.status === 'accepted'

  function submit(event: FormEvent) {
    event.preventDefault()
    if (blocked !== null) return
    accepting.mutate(
      { setup: setupOf(setup.value), grants: grantsOf(grants), sha256: skill.sha256 },
      { onSuccess: () => toast.success(again ? 'Saved' : `“${skill.name}” is accepted`) },
    )
  }
  const isText = skill.format === 'agent-skill'
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-6">
      {fields.length > 0 && (
        <Section id="setup" title="What it is set up with">
          <div className="flex flex-col gap-5">
            <ContextFields fields={fields} draft={setup} onChange={setSetup} errors={errors.setup} />
            <p className="text-sm text-faint">
              <code className="font-mono">secret:NAME</code> stands for a secret of this workspace. What is
              confidential is kept sealed, and never shown again.
            </p>
          </div>
        </Section>
      )}
      {!isText && (
        <Grants
          skill={skill}
          draft={grants}
          errors={errors}
          onChange={(part) => setGrants((before) => ({ ...before, ...part }))}
        />
      )}
      {accepting.error && <Refused error={accepting.error} />}
      <div className="flex flex-wrap items-center justify-end gap-3">
        {!again && (
          <p className="min-w-0 flex-1 basis-60 text-sm text-soft">
            {isText
              ? 'From then on agents can be given it.'
              : 'From then on schedules can run it, and agents can be given it as a tool.'}
          </p>
        )}
        <Button type="submit" variant="primary" size="lg" pending={accepting.isPending}>
          {again ? 'Save' : 'Accept'}
        </Button>
      </div>
    </form>
  )
}

/** What is wrong with a field stands beside it; here stands that something is. */
function Refused({ error }: { error: unknown }) {
  const count = isProblem(error) ? error.errors.length : 0
  if (count === 0) return <ProblemNote error={error} />
  return (
    <p role="alert" className="text-sm text-bad">
      {count === 1 ? 'One field needs fixing' : `${count} fields need fixing`}: it is not accepted yet.
    </p>
  )
}
