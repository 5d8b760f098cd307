/** Files become documents of the workspace; a message links to them. */
import { toast } from '#components/ui/toast.tsx'
import { callWithFile } from '#lib/client/call.ts'
import { addedIn } from '#lib/client/documents.ts'
import { MOST_FILE_BYTES } from '#lib/contract/file.ts'

const TOO_LARGE = `it is larger than ${MOST_FILE_BYTES / 1024 ** 2} MiB, which is the most that a file may have.`

/** What stands for a document in a message. */
export const linkTo = (slug: string, { id, name }: { id: number; name: string }): string =>
  `[${name.replace(/[\\[\]*_`<>~|&@]/g, '\\$&')}](/w/${slug}/documents/${id})`

/** Behind what is written already, with a space between. */
export const withLinks = (text: string, links: readonly string[]): string =>
  links.length === 0 ? text : [text.trimEnd(), ...links].filter(Boolean).join(' ')

/** The links of those that were taken; of each other it is said why not. */
export async function attach(slug: string, files: readonly File[]): Promise<string[]> {
  const links: string[] = []
  for (const file of files) {
    try {
      if (file.size > MOST_FILE_BYTES) throw new Error(TOO_LARGE)
      const { answer } = await callWithFile('addDocument', file, {
        params: { slug },
      })
      links.push(linkTo(slug, addedIn(answer)))
    } catch (error) {
      toast.error(`${file.name} was not attached: ${(error as Error).message}`)
    }
  }
  return links
}
