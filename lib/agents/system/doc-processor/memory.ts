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
const MOST_FILES = 1_000
export const LONGEST_PATH = 120
/** What a schedule keeps at most, less what stands beside all of this. */
const MOST_BYTES = 250 * 1024 - 10_000
/** The most that is kept of a page, and of all feeds. */
const BYTES_OF_A_PAGE = 1_000
const BYTES_OF_FEEDS = 90_000
/** What is kept of a file beside its path. */
const BYTES_OF_A_FILE = 50
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

/** What a path takes where it is kept: in many languages three times as much as it has characters. */
const bytesOf = (path: string) => Buffer.byteLength(JSON.stringify(path)) + BYTES_OF_A_FILE

export interface MostFiles {
  files: number
  bytes: number
}
/** Of each folder, so that all that is watched can be remembered. */
export const mostOfAFolder = (of: { pages: number; feeds: number; folders: number }): MostFiles => ({
  files: Math.floor(MOST_FILES / Math.max(1, of.folders)),
  bytes: Math.floor(
    (MOST_BYTES - of.pages * BYTES_OF_A_PAGE - (of.feeds > 0 ? BYTES_OF_FEEDS : 0)) / Math.max(1, of.folders),
  ),
})

/** The first of them, as many as can be remembered. */
export function fitting<Found>(
  found: readonly Found[],
  pathOf: (it: Found) => string,
  most: MostFiles,
): Found[] {
  let bytes = 0
  const end = found.findIndex((it) => {
    bytes += bytesOf(pathOf(it))
    return bytes > most.bytes
  })
  return found.slice(0, Math.min(most.files, end < 0 ? found.length : end))
}

export const hashOf = (content: string | Uint8Array, length = 16): string =>
  createHash('sha256').update(content).digest('base64url').slice(0, length)

/** What a text says, whatever its spaces. */
export const hashOfText = (text: string): string => hashOf(text.replace(/\s+/g, ' ').trim())
