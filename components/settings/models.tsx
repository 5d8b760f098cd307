'use client'
/** Where models are asked. A key goes in and is never shown; a test says in words whether it works. */
import { Cpu, Plus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { Confirm } from '#components/ui/confirm.tsx'
import { Dialog, DialogContent, DialogTrigger } from '#components/ui/dialog.tsx'
import { Empty } from '#components/ui/empty.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { Skeleton, Waiting } from '#components/ui/skeleton.tsx'
import { useDeleteProvider, useProviders, useTestProvider } from '#lib/client/models.ts'
import type { ModelProvider } from '#lib/contract/model.ts'

const NewProvider = lazy(() => import('./new-provider.tsx'))

/** `slug` null: those of the whole installation. */
export function Models({ slug }: { slug: string | null }) {
  const providers = useProviders(slug)
  const [open, setOpen] = useState(false)
  const id = slug === null ? 'shared-models' : 'models'
  return (
    <Card aria-labelledby={id}>
      <CardHeader>
        <div className="min-w-0">
          <CardTitle id={id}>{slug === null ? 'Models for all workspaces' : 'Models'}</CardTitle>
          <p className="text-sm text-faint">
            {slug === null
              ? 'Every workspace can ask these; they may be in your own network.'
              : 'What agents of this workspace ask, before what all workspaces have.'}
          </p>
        </div>
        <Dialog open={open} onOpenChange={setOpen}>
          <DialogTrigger
            render={
              <Button>
                <Plus aria-hidden />
                Add a provider
              </Button>
            }
          />
          <DialogContent title="Add a model provider">
            <Suspense>
              <NewProvider slug={slug} onDone={() => setOpen(false)} />
            </Suspense>
          </DialogContent>
        </Dialog>
      </CardHeader>
      {providers.isPending ? (
        <CardBody>
          <Waiting>
            <Skeleton className="h-10" />
          </Waiting>
        </CardBody>
      ) : providers.error ? (
        <Problem error={providers.error} retry={providers.refetch} />
      ) : providers.data.length === 0 ? (
        <Empty icon={<Cpu />} title="No model yet" className="py-10">
          Ollama, LM Studio, vLLM, OpenRouter, OpenAI, Anthropic: whatever speaks one of their languages.
        </Empty>
      ) : (
        <ul className="mt-3 divide-y divide-line border-t border-line">
          {providers.data.map((it) => (
            <Provider key={it.id} slug={slug} provider={it} />
          ))}
        </ul>
      )}
    </Card>
  )
}

function Provider({ slug, provider: it }: { slug: string | null; provider: ModelProvider }) {
  const testing = useTestProvider(slug)
  const remove = useDeleteProvider(slug)
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
      <div className="min-w-0 flex-1 basis-52">
        <p className="flex flex-wrap items-center gap-2 font-medium wrap-anywhere">
          {it.name}
          {it.defaultModel && <Badge>{it.defaultModel}</Badge>}
        </p>
        <p className="text-sm text-faint wrap-anywhere">
          {[KINDS[it.kind], it.baseUrl, it.apiKeyHint ? `key ${it.apiKeyHint}` : 'no key']
            .filter(Boolean)
            .join(' · ')}
        </p>
        <p role="status" className="text-sm empty:hidden">
          {testing.data &&
            (testing.data.ok ? (
              <span className="text-good">
                It answers, in {testing.data.latencyMs} ms, with {modelsOf(testing.data.models)}.
              </span>
            ) : (
              <span className="text-bad">{testing.data.problem}</span>
            ))}
          {testing.error && <span className="text-bad">{testing.error.message}</span>}
        </p>
      </div>
      <Button
        size="sm"
        pending={testing.isPending}
        aria-label={`Test: ${it.name}`}
        onClick={() => testing.mutate(it.id)}
      >
        Test
      </Button>
      {it.scope !== 'environment' && (
        <Confirm
          danger
          trigger={
            <Button variant="quietDanger" size="sm" aria-label={`Remove: ${it.name}`}>
              Remove
            </Button>
          }
          title={`Remove “${it.name}”?`}
          confirmLabel="Remove"
          onConfirm={() => remove.mutateAsync(it.id)}
        >
          Its key is deleted. Agents that ask it fail until they are given another model.
        </Confirm>
      )}
    </li>
  )
}

const modelsOf = (names: string[]) =>
  names.length === 0 ? 'no model' : names.length === 1 ? names[0] : `${names.length} models`

export const KINDS: Record<ModelProvider['kind'], string> = {
  'openai-compatible': 'OpenAI-compatible',
  openai: 'OpenAI',
  anthropic: 'Anthropic',
}
