/** How to call a webhook, to be copied; the secret stands in the environment, and in none of it. */
import type { WebhookScheme } from '#lib/contract/webhook-trigger.ts'

export type Language = 'curl' | 'javascript' | 'python'
export const LANGUAGES: readonly { value: Language; label: string }[] = [
  { value: 'curl', label: 'curl' },
  { value: 'javascript', label: 'JavaScript' },
  { value: 'python', label: 'Python' },
]

type Snippets = Record<Language, (url: string) => string>

const standard: Snippets = {
  curl: (url) => `# export WEBHOOK_SECRET=whsec_…
body='{"hello":"world"}'
id="msg_$(openssl rand -hex 12)"
time=$(date +%s)
key=$(printf %s "\${WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -tx1 | tr -d ' \\n')
signature=$(printf %s "$id.$time.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
curl '${url}' \\
  -H 'content-type: application/json' -H "webhook-id: $id" \\
  -H "webhook-timestamp: $time" -H "webhook-signature: v1,$signature" \\
  --data-raw "$body"`,
  javascript: (url) => `import { createHmac, randomUUID } from 'node:crypto'

const body = JSON.stringify({ hello: 'world' })
const id = \`msg_\${randomUUID()}\`
const time = Math.floor(Date.now() / 1000)
const key = Buffer.from(process.env.WEBHOOK_SECRET.replace('whsec_', ''), 'base64')
const signature = createHmac('sha256', key).update(\`\${id}.\${time}.\${body}\`).digest('base64')

const answer = await fetch('${url}', {
  method: 'POST',
  headers: {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(time),
    'webhook-signature': \`v1,\${signature}\`,
  },
  body,
})
console.log(answer.status, await answer.text())`,
  python: (url) => `import base64, hashlib, hmac, json, os, time, urllib.request, uuid

body = json.dumps({"hello": "world"}).encode()
id = f"msg_{uuid.uuid4()}"
now = str(int(time.time()))
key = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
signed = f"{id}.{now}.".encode() + body
signature = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()

request = urllib.request.Request("${url}", body, {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": now,
    "webhook-signature": f"v1,{signature}",
})
with urllib.request.urlopen(request) as answer:
    print(answer.status, answer.read().decode())`,
}

const token: Snippets = {
  curl: (url) => `# export WEBHOOK_SECRET=whsec_…
curl '${url}' \\
  -H "authorization: Bearer $WEBHOOK_SECRET" -H 'content-type: application/json' \\
  -H "idempotency-key: $(openssl rand -hex 12)" \\
  --data-raw '{"hello":"world"}'`,
  javascript: (url) => `import { randomUUID } from 'node:crypto'

const answer = await fetch('${url}', {
  method: 'POST',
  headers: {
    authorization: \`Bearer \${process.env.WEBHOOK_SECRET}\`,
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
  },
  body: JSON.stringify({ hello: 'world' }),
})
console.log(answer.status, await answer.text())`,
  python: (url) => `import json, os, urllib.request, uuid

request = urllib.request.Request("${url}", json.dumps({"hello": "world"}).encode(), {
    "authorization": f"Bearer {os.environ['WEBHOOK_SECRET']}",
    "content-type": "application/json",
    "idempotency-key": str(uuid.uuid4()),
})
with urllib.request.urlopen(request) as answer:
    print(answer.status, answer.read().decode())`,
}

/** Null where a product calls, which is told its settings. */
export const snippetsOf = (scheme: WebhookScheme): Snippets | null =>
  scheme === 'standard' ? standard : scheme === 'token' ? token : null

export interface Settings {
  where: string
  steps: readonly string[]
}
/** What to enter elsewhere, in words. */
export const SETTINGS: Partial<Record<WebhookScheme, Settings>> = {
  github: {
    where: 'In the repository on GitHub: Settings, Webhooks, Add webhook',
    steps: [
      'Payload URL: the address above.',
      'Content type: application/json.',
      'Secret: the secret of this webhook. Whoever does not have it any more makes another one above.',
      'Choose the events, and save. GitHub sends a ping at once, which shows up below.',
    ],
  },
  stripe: {
    where: 'In the Stripe Dashboard: Developers, Webhooks, Add destination',
    steps: [
      'Endpoint URL: the address above.',
      'Choose the events, and save.',
      'Stripe makes the signing secret itself (whsec_…): reveal it there, and enter it above with “Enter a secret”.',
      'Send a test event, which shows up below.',
    ],
  },
}
