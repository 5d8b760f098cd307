'use client'
/** Where models are asked. A key goes in and is never shown; a test says in words whether it works. */
import { Cpu } from 'lucide-react'
import { lazily } from '#components/ui/lazily.tsx'
import { AddDialog } from '#components/ui/add-dialog.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Button } from '#components/ui/button.tsx'
import { RemoveButton } from '#components/ui/remove-button.tsx'
import { ListCard } from '#components/ui/list-card.tsx'
import { useDeleteProvider, useProviders, useTestProvider } from '#lib/client/models.ts'
import type { ModelProvider } from '#lib/contract/model.ts'

const NewProvider = lazily(() => import('./new-provider.tsx'))

/** `slug` null: those of the whole installation. */
export function Models({ slug }: { slug: string | null }) {
  return (
    <ListCard
      id={slug === null ? 'shared-models' : 'models'}
      title={slug === null ? 'Models for all workspaces' : 'Models'}
      about={
        slug === null
          ? 'Every workspace can use these; they may be on your own network.'
          : 'This workspace uses these before those of all workspaces.'
      }
      action={
        <AddDialog label="Add a provider" title="Add a model provider">
          {(done) => <NewProvider slug={slug} onDone={done} />}
        </AddDialog>
      }
      items={useProviders(slug)}
      empty={{
        icon: <Cpu />,
        title: 'No model yet',
        words:
          'Ollama, LM Studio, vLLM, OpenRouter, OpenAI, Anthropic: anything that speaks one of their APIs.',
      }}
    >
      {(it) => <Provider key={it.id} slug={slug} provider={it} />}
    </ListCard>
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
          {it.embeddingModel && <Badge>embeds with {it.embeddingModel}</Badge>}
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
        <RemoveButton of={it.name} title={`Remove “${it.name}”?`} onConfirm={() => remove.mutateAsync(it.id)}>
          Its key is deleted. Agents that ask it fail until they are given another model.
        </RemoveButton>
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
