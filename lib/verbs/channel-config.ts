/**
 * What a channel is set to, kept in confidence where its kind says so.
 *
 * Promise: it is opened for the message that needs it; what is answered has masks, and a mask that comes back means
 * what is there, while it goes to the same receiver.
 */
import { type ChannelRow, type Owner, ownerOf } from '#db/queries/channels.ts'
import { mayReachInside } from '#db/queries/rights.ts'
import type { Store } from '#db/store.ts'
import { createSealing } from '../agents/sealing.ts'
import { hiding } from '../agents/hiding.ts'
import { type Box, MASK, masked } from '../agents/sealed.ts'
import { isRef, type Secrets } from '../agents/secrets.ts'
import type { ChannelKindName } from '../contract/delivery.ts'
import { ProblemError, unacceptable } from '../contract/problem.ts'
import { channelKinds } from '../delivery/channels/index.ts'
import type { Opened } from '../delivery/index.ts'
import { faultsOfConfig } from '../delivery/config.ts'

type Config = Record<string, unknown>
export type ChannelConfigs = ReturnType<typeof createChannelConfigs>

/** They say to whom the rest is handed. */
const RECEIVERS = ['url', 'server', 'host']
const KIND = 'channel'
const NO_WORKSPACE = 0

export function createChannelConfigs({
  store,
  box,
  secrets,
  allowedPrivateNetworks,
}: {
  store: Store
  box: Box
  secrets: Pick<Secrets, 'open'>
  allowedPrivateNetworks: readonly string[]
}) {
  // Each kind has a schema, as agents have: the same seals, masks and names of secrets.
  const sealingWith = (own: Box) =>
    createSealing(
      {
        find: async (_workspaceId, { agentId }) =>
          ({ input: channelKinds[agentId as ChannelKindName].config }) as never,
      },
      own,
      secrets,
    )
  const ofWorkspaces = sealingWith(box)
  /** What is a person's own opens for nobody else; it names no secrets, which are workspaces'. */
  const sealingFor = (owner: Owner) => {
    if (typeof owner === 'number') return { sealing: ofWorkspaces, workspaceId: owner }
    const placed = (place: string) => `${place}, own of ${owner.person}`
    const sealing = sealingWith({
      close: (text, place) => box.close(text, placed(place)),
      open: (sealed, place) => box.open(sealed, placed(place)),
    })
    return { sealing, workspaceId: NO_WORKSPACE }
  }
  const named = (kind: ChannelKindName) => ({ agentId: kind, agentType: KIND }) as never

  return {
    /** As it is kept. @throws ProblemError 422 */
    async seal(owner: Owner, kind: ChannelKindName, given: Config, before: Config | null): Promise<Config> {
      const { sealing, workspaceId } = sealingFor(owner)
      const moved = movedIn(given, before)
      if (moved && holdsMask(given))
        throw unacceptable([
          {
            path: 'config',
            message: `has ${MASK}, and \`${moved}\` is another now: enter what is confidential again`,
          },
        ])
      const kept = await ofConfig(() => sealing.seal(workspaceId, named(kind), given, before ?? {}))
      const plain = await ofConfig(() => sealing.open(workspaceId, named(kind), kept))
      const isOutside = typeof owner !== 'number' && !(await mayReachInside(store, owner.person))
      const faults = faultsOfConfig(kind, plain, isOutside ? null : { allowedPrivateNetworks })
      if (faults.length > 0) throw unacceptable(faults)
      return kept
    },
    shown: (config: string): Config => masked(JSON.parse(config) as Config),
    async open({ kind, config, ...owner }: Omit<ChannelRow, 'name'>): Promise<Opened> {
      const { sealing, workspaceId } = sealingFor(ownerOf(owner))
      const kept = JSON.parse(config) as Config
      try {
        const [opened, confidential] = await Promise.all([
          sealing.open(workspaceId, named(kind as ChannelKindName), kept),
          sealing.confidentialIn(workspaceId, kept),
        ])
        return { config: opened, hide: hiding(confidential.flatMap(partsOf)) }
      } catch (error) {
        if (error instanceof ProblemError) return { problem: inWords(error) }
        throw error
      }
    },
  }
}

/** An address is secret by its path, which a receiver may say back alone. */
function partsOf(text: string): string[] {
  const url = URL.parse(text)
  if (!url) return [text]
  const path = url.pathname + url.search
  return [text, path, path.split('/').at(-1) ?? '']
}

/** The field by which it goes to another receiver than before, if it does; as it is answered, so may it be given. */
export function movedIn(given: Config, before: Config | null): string | undefined {
  const shown = before && masked(before)
  return shown ? RECEIVERS.find((it) => isOther(given[it], shown[it])) : undefined
}
const isOther = (a: unknown, b: unknown) => JSON.stringify(a ?? null) !== JSON.stringify(b ?? null)
const holdsMask = (value: unknown): boolean =>
  value === MASK ||
  (typeof value === 'object' && value !== null && !isRef(value) && Object.values(value).some(holdsMask))

/** What is wrong is told of the field that it is. */
async function ofConfig<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ProblemError) || !error.problem.errors) throw error
    throw unacceptable(
      error.problem.errors.map((it) => ({ ...it, path: it.path.replace(/^context/, 'config') })),
    )
  }
}

function inWords({ problem, message }: ProblemError): string {
  const [first] = problem.errors ?? []
  return first ? `Its setting ${first.path.replace(/^context\.?/, '')} ${first.message}.` : message
}
