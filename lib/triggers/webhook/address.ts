/** The address of a webhook and its secret: random, and what is kept of them. */
import { createHash, randomBytes } from 'node:crypto'

const BYTES = 32
/** Fits every scheme: those that sign with text take it as it is. */
export const newSecret = () => `whsec_${randomBytes(BYTES).toString('base64')}`
export const newToken = () => randomBytes(BYTES).toString('base64url')
/** Of anything else nobody has to be asked. */
export const isToken = (text: string) => /^[\w-]{43}$/.test(text)

// No salt and no slow hash: nobody guesses 32 random bytes.
export const digestOf = (token: string) => createHash('sha256').update(token).digest('hex')
/** A secret is sealed for the address that it belongs to. */
export const placeOf = ({ tokenHash }: { tokenHash: string }) => `webhook ${tokenHash}`
