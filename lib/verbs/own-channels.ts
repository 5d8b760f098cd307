/**
 * Where a person alone is told: channels of their own, and the browsers in which they turned notifications on.
 *
 * Promise: nobody else sees or changes them. Mail goes to the address of the account and no other: the installation's
 * mail server is nobody's to write to strangers with. What the operator has opened inside (ALLOWED_PRIVATE_NETWORKS) is
 * reached only for who is an editor somewhere, who could send an agent there: asked at save, and again at each message.
 */
import type { By } from '../contract/by.ts'
import type { Channel, ChannelChange, ChannelTest, NewChannel } from '../contract/delivery.ts'
import { notFound, unacceptable } from '../contract/problem.ts'
import type { NewPushBrowser, PushBrowser } from '../contract/push.ts'
import type { Push } from '../delivery/push.ts'
import * as channels from './channels.ts'

export interface OwnDeps extends channels.ChannelDeps {
  push: Pick<Push, 'publicKey' | 'refusal' | 'isKey' | 'list' | 'add' | 'remove'>
}
/** A person, by their session: no key stands for them here. */
export interface Person {
  id: string
  name: string
  email: string
}

const owner = ({ id }: Person) => ({ person: id })
const by = ({ id, name }: Person): By => ({ kind: 'person', id, name })

export const list = (deps: OwnDeps, person: Person): Promise<Channel[]> => channels.list(deps, owner(person))
export const get = (deps: OwnDeps, person: Person, id: number): Promise<Channel> =>
  channels.get(deps, owner(person), id)
export const remove = (deps: OwnDeps, person: Person, id: number): Promise<void> =>
  channels.remove(deps, owner(person), id, by(person))
export const test = (deps: OwnDeps, person: Person, id: number): Promise<ChannelTest> =>
  channels.test(deps, owner(person), id)

export async function add(deps: OwnDeps, person: Person, channel: NewChannel) {
  if (channel.kind === 'email') requireOwnAddress(channel.config, person)
  return channels.add(deps, owner(person), channel, by(person))
}

export async function change(deps: OwnDeps, person: Person, id: number, change: ChannelChange) {
  const { kind } = await get(deps, person, id)
  if (kind === 'email' && change.config) requireOwnAddress(change.config, person)
  return channels.change(deps, owner(person), id, change, by(person))
}

function requireOwnAddress({ to }: Record<string, unknown>, { email }: Person): void {
  const isOwn = (it: unknown) => String(it).trim().toLowerCase() === email.toLowerCase()
  if (Array.isArray(to) && !to.every(isOwn))
    throw unacceptable([{ path: 'config.to', message: `can only be your own address, ${email}` }])
}

export const pushState = async ({ push }: OwnDeps, { id }: Person) => ({
  publicKey: await push.publicKey(),
  browsers: await push.list(id),
  nextCursor: null,
})

/** Turns notifications on in a browser; one that is known already goes on under its new address or name. */
export async function addBrowser(
  { push }: OwnDeps,
  { id }: Person,
  { name, subscription }: NewPushBrowser,
): Promise<PushBrowser> {
  const refusal = await push.refusal(id, subscription)
  if (refusal !== null)
    throw unacceptable([
      { path: 'subscription.endpoint', message: `is an address that is refused. ${refusal}` },
    ])
  if (!push.isKey(subscription))
    throw unacceptable([
      { path: 'subscription.keys.p256dh', message: 'is not a key that a browser gives (a point of P-256)' },
    ])
  const browser = await push.add(id, subscription, name)
  if (!browser)
    throw unacceptable([{ path: 'name', message: 'cannot be kept: a person has at most 20 browsers' }])
  return browser
}

export async function removeBrowser({ push }: OwnDeps, { id: userId }: Person, id: number): Promise<void> {
  if (!(await push.remove(userId, id))) throw notFound('browser')
}
