/** Documents of the workspace, kept as they are elsewhere. */
import { z } from 'zod'
import { cronOn, everyDay, MODEL, PATIENT, WebAddress } from './fields.ts'
import { template } from './template.ts'

export const nightlyDocumentSync = template({
  id: 'nightly-document-sync',
  version: 1,
  name: 'Nightly document sync',
  description:
    'Reads pages, files, feeds and folders in the night, keeps what they say as documents that agents can search, and tells what is new, changed or gone.',
  needs: [{ kind: 'source', name: 'addresses or folders', optional: true }, MODEL],
  input: z.strictObject({
    uploads: z
      .boolean()
      .default(true)
      .meta({ title: 'What people upload', description: 'Tells which documents were added here.' }),
    pages: z.array(WebAddress).max(50).default([]).meta({
      title: 'Pages and files',
      description:
        'Addresses of pages, or of files such as a PDF. A file of Google Drive or SharePoint comes by the link that is shared with everybody.',
    }),
    feeds: z
      .array(WebAddress)
      .max(20)
      .default([])
      .meta({ title: 'Feeds', description: 'Addresses of RSS or Atom feeds.' }),
    folders: z.array(z.string().trim().min(1).max(1_000)).max(20).default([]).meta({
      title: 'Folders of the server',
      description: 'Those that its operator has opened with DOCUMENT_FOLDERS.',
    }),
    when: everyDay('02:00'),
  }),
  example: { pages: ['https://example.com/handbook'] },
  makes({ uploads, pages, feeds, folders, when }) {
    const sources = [
      ...(uploads ? ['uploads'] : []),
      ...pages.map((url) => ({ url })),
      ...feeds.map((feed) => ({ feed })),
      ...folders.map((folder) => ({ folder })),
    ]
    return {
      trigger: {
        name: 'Nightly document sync',
        description: 'Keeps documents as they are elsewhere, and tells what is new.',
        agentId: 'doc-processor',
        agentType: 'system',
        cronExpression: cronOn(when),
        timezone: when.timezone,
        // Without any the agent would watch what people upload.
        context: { action: 'sync_and_embed', ...(sources.length > 0 && { sources }), embedBatchSize: 100 },
        post: 'when_notable',
        retries: 2,
        ...PATIENT,
        timeoutSeconds: 1800,
      },
      ...(sources.length === 0 && {
        missing: [
          {
            kind: 'source',
            name: 'addresses or folders',
            remedy: 'Fill in what it reads (its sources), then resume it.',
          },
        ],
      }),
    }
  },
})
