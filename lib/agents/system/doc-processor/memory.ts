/**
 * What the agent remembers of what it watches, from one run of its schedule to the next.
 *
 * Promise: it stays within what a schedule may keep, whatever the other side answers; what another version, or
 * somebody else, has left there counts as nothing.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'

/** Of all feeds together; of a feed with fewer, those that it showed last. */
export const MOST_ITEMS = 3_000
export const MOST_ITEMS_OF_A_FEED = 500
/** Of all folders together. */
export const MOST_FILES = 1_000
export const LONGEST_PATH = 120
export const LONGEST_TITLE = 100

const Common = {
  /** It has been said that it fails, and not yet that it answers again. */
  failing: z.boolean().default(false),
}
const Page = z.object({
  ...Common,
  /** Of what came over the wire, and of what it says. */
  raw: z.string(),
  text: z.string(),
  title: z.string().max(LONGEST_TITLE),
  etag: z.string().max(200).optional(),
  modified: z.string().max(200).optional(),
  gone: z.boolean().default(false),
})
const Feed = z.object({
  ...Common,
  etag: z.string().max(200).optional(),
  modified: z.string().max(200).optional(),
  /** Of what came over the wire. */
  raw: z.string(),
  /** Of each item its id and what it says, as hashes; the one that was seen last comes first. */
  items: z.array(z.tuple([z.string(), z.string()])),
})
const Folder = z.object({
  ...Common,
  /** By path: when it was changed, its size, and what it says; "" of one that cannot be read. */
  files: z.record(z.string(), z.tuple([z.number(), z.number(), z.string()])),
  /** Not all of it has been read yet: what is read for the first time is no news. */
  unfinished: z.boolean().default(false),
})
const Uploads = z.object({
  ...Common,
  since: z.number(),
  /** Told already, of the newest. */
  told: z.array(z.string()),
  /** Were still being read. */
  pending: z.array(z.number()),
})
/** A source that has never answered. */
const Untried = z.object({ ...Common, untried: z.literal(true) })

export type PageMemory = z.output<typeof Page>
export type FeedMemory = z.output<typeof Feed>
export type FolderMemory = z.output<typeof Folder>
export type UploadsMemory = z.output<typeof Uploads>
export type SourceMemory =
  | PageMemory
  | FeedMemory
  | FolderMemory
  | UploadsMemory
  | { failing: boolean; untried: true }

export const Memory = z
  .object({
    pages: z.record(z.string(), z.union([Page, Untried])),
    feeds: z.record(z.string(), z.union([Feed, Untried])),
    folders: z.record(z.string(), z.union([Folder, Untried])),
    uploads: z.union([Uploads, Untried]).nullable(),
    /** Of sources that say what they need: it has been said. */
    told: z.array(z.string()),
  })
  .catch({ pages: {}, feeds: {}, folders: {}, uploads: null, told: [] })
export type Memory = z.output<typeof Memory>

export const hashOf = (content: string | Uint8Array, length = 16): string =>
  createHash('sha256').update(content).digest('base64url').slice(0, length)

/** What a text says, whatever its spaces. */
export const hashOfText = (text: string): string => hashOf(text.replace(/\s+/g, ' ').trim())
