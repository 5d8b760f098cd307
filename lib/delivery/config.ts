/** Whether a channel can be set to that: judged when it is saved, as its addresses are again when it connects. */
import type { ChannelKindName } from '../contract/delivery.ts'
import { fieldByField, inWords } from '../contract/wording.ts'
import { judgeUrl, OUTSIDE, type OutboundPolicy } from '../net/judge-url.ts'
import { channelKinds } from './channels/index.ts'

/** `policy` null: of whom nothing but the public internet may be reached. */
export function faultsOfConfig(
  kind: ChannelKindName,
  config: unknown,
  policy: OutboundPolicy | null,
): { path: string; message: string }[] {
  const { config: schema, addresses } = channelKinds[kind]
  const judged = schema.safeParse(config, inWords)
  if (!judged.success)
    return fieldByField(judged.error.issues).map(({ path, message }) => ({
      path: ['config', ...path.map(String)].join('.'),
      message,
    }))
  return addresses(judged.data).flatMap((url) => {
    const verdict = judgeUrl(url, policy ?? OUTSIDE)
    return verdict.ok
      ? []
      : [{ path: 'config', message: `names an address that is refused. ${verdict.message}` }]
  })
}
