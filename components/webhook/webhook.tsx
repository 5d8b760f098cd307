'use client'
/** Where a webhook is called and how, and what has called it. */
import { Check, Radio } from 'lucide-react'
import { useState } from 'react'
import { lazily } from '#components/ui/lazily.tsx'
import { AddDialog } from '#components/ui/add-dialog.tsx'
import { Badge } from '#components/ui/badge.tsx'
import { Card, CardBody, CardHeader, CardTitle } from '#components/ui/card.tsx'
import { CopyButton, CopyText } from '#components/ui/copy.tsx'
import { Problem } from '#components/ui/problem.tsx'
import { ScrollRegion } from '#components/ui/scroll-region.tsx'
import { Segmented } from '#components/ui/segmented.tsx'
import { WaitingRows } from '#components/ui/skeleton.tsx'
import { RelativeTime } from '#components/ui/time.tsx'
import { useMay } from '#lib/client/people.ts'
import { useWebhook } from '#lib/client/webhooks.ts'
import type { Trigger } from '#lib/contract/trigger.ts'
import type { Webhook as Address } from '#lib/contract/webhook.ts'
import type { WebhookConfigInput, WebhookScheme } from '#lib/contract/webhook-trigger.ts'
import { Deliveries } from './deliveries.tsx'
import { Secret } from './secret.tsx'
import { LANGUAGES, type Language, SETTINGS, snippetsOf } from './snippets.ts'

interface Of {
  slug: string
  trigger: Trigger
}

const Settings = lazily(() => import('./settings.tsx'))

export function Webhook({ slug, trigger }: Of) {
  const may = useMay(slug, 'editor')
  return (
    <>
      {may && <Calling slug={slug} trigger={trigger} />}
      <Deliveries slug={slug} id={trigger.id} may={may} />
    </>
  )
}

function Calling({ slug, trigger }: Of) {
  const { id } = trigger
  const { scheme } = trigger.webhook as WebhookConfigInput
  const webhook = useWebhook(slug, id)
  return (
    <Card aria-labelledby="calling">
      <CardHeader>
        <CardTitle id="calling">Calling it</CardTitle>
        <span className="flex flex-wrap items-center gap-3">
          {webhook.data && <FirstCall webhook={webhook.data} />}
          <AddDialog label="Change" title="Change how it is called" quiet>
            {(done) => <Settings slug={slug} trigger={trigger} onDone={done} />}
          </AddDialog>
        </span>
      </CardHeader>
      <CardBody className="flex flex-col gap-5">
        {webhook.isPending ? (
          <WaitingRows rows={3} />
        ) : webhook.error && !webhook.data ? (
          <Problem error={webhook.error} retry={webhook.refetch} className="py-4" />
        ) : (
          webhook.data && (
            <>
              <div className="flex flex-col gap-1.5">
                <p className="text-sm font-medium">Address</p>
                <CopyText text={webhook.data.url} label="Address" />
              </div>
              <Secret slug={slug} id={id} scheme={scheme} webhook={webhook.data} />
              <How scheme={scheme} url={webhook.data.url} />
            </>
          )
        )}
      </CardBody>
    </Card>
  )
}

/** It is heard when it turns: somebody waits for it. */
function FirstCall({ webhook: { lastReceivedAt } }: { webhook: Address }) {
  return (
    <span role="status">
      {lastReceivedAt === null ? (
        <Badge tone="busy">
          <Radio aria-hidden />
          Waiting for the first call
        </Badge>
      ) : (
        <Badge tone="good">
          <Check aria-hidden />
          <span>
            Called <RelativeTime at={lastReceivedAt} />
          </span>
        </Badge>
      )}
    </span>
  )
}

function How({ scheme, url }: { scheme: WebhookScheme; url: string }) {
  const [language, setLanguage] = useState<Language>('curl')
  const snippets = snippetsOf(scheme)
  const settings = SETTINGS[scheme]
  if (settings)
    return (
      <div className="flex flex-col gap-2 text-sm">
        <p className="font-medium">{settings.where}</p>
        <ol className="flex list-decimal flex-col gap-1 pl-5 text-soft">
          {settings.steps.map((it) => (
            <li key={it}>{it}</li>
          ))}
        </ol>
      </div>
    )
  if (!snippets) return null
  const text = snippets[language](url)
  return (
    <div className="flex flex-col gap-3">
      <Segmented<Language>
        aria-label="Language"
        value={language}
        onValueChange={setLanguage}
        options={LANGUAGES}
      />
      <ScrollRegion
        as="pre"
        aria-label="Example"
        className="overflow-x-auto rounded-lg bg-sunken p-3 font-mono text-xs"
      >
        {text}
      </ScrollRegion>
      <span className="self-start">
        <CopyButton text={text} label="Example" />
      </span>
    </div>
  )
}
