import { describe, expect, test } from 'vitest'
import { createGuardedAddress, type Lookup, OutboundRefused } from './guarded-address.ts'

const answering =
  (...addresses: string[]): Lookup =>
  async () =>
    addresses.map((address) => ({ address }))
const none: Lookup = () => {
  throw new Error('nothing is looked up')
}

describe('the address of a host', () => {
  test('is the first of its answers, all of which were judged', async () => {
    const address = createGuardedAddress({
      allowedPrivateNetworks: [],
      lookup: answering('93.184.216.34', '93.184.216.35'),
    })
    expect(await address('mail.example.com')).toBe('93.184.216.34')
  })

  test.each([
    ['a private answer', 'mail.example.com', answering('10.0.0.5')],
    ['one bad answer among good ones', 'mail.example.com', answering('93.184.216.34', '127.0.0.1')],
    ['a literal', '127.0.0.1', none],
    ['a literal in other digits', '0x7f.1', none],
    ['a literal of the sixth version', '::1', none],
    ['a metadata service', 'metadata.google.internal', answering('93.184.216.34')],
    ['a host with a path', 'mail.example.com/x@10.0.0.5', answering('10.0.0.5')],
  ])('is refused: %s', async (_case, host, lookup) => {
    const address = createGuardedAddress({ allowedPrivateNetworks: [], lookup })
    await expect(address(host)).rejects.toThrow(OutboundRefused)
  })

  test('may be one inside, where the operator allows it', async () => {
    const address = createGuardedAddress({ allowedPrivateNetworks: ['127.0.0.0/8'], lookup: none })
    expect(await address('127.0.0.1')).toBe('127.0.0.1')
  })

  test('is not known for a name without answers', async () => {
    const address = createGuardedAddress({ allowedPrivateNetworks: [], lookup: answering() })
    await expect(address('mail.example.com')).rejects.toThrow('no address is known for "mail.example.com"')
  })
})
