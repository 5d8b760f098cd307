/** The API's documentation, drawn from the endpoint table: what the routes check is what it says. */
import { z } from 'zod'
import {
  createDocument,
  type oas31,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi'
import { Agent } from '#lib/contract/agent.ts'
import { type Access, api, type Endpoint } from '#lib/contract/api.ts'
import { Document } from '#lib/contract/document.ts'
import { Execution, ExecutionDetail } from '#lib/contract/execution.ts'
import { Message } from '#lib/contract/message.ts'
import { Problem } from '#lib/contract/problem.ts'
import { Trigger } from '#lib/contract/trigger.ts'
import { ApiKey, Invitation, Member, Workspace } from '#lib/contract/workspace.ts'
import { DOCUMENT_NAME, documentSchema } from './document-schema.ts'

const ACCESS: Record<Access, string> = {
  open: 'Open to anyone.',
  'signed-in': 'Open to any person or API key.',
  person: 'Takes a person, by their own session: no API key stands for them here.',
  installation: 'Takes an administrator of the installation.',
  viewer: 'Takes the role viewer, editor or admin in the workspace.',
  editor: 'Takes the role editor or admin in the workspace.',
  admin: 'Takes the role admin in the workspace.',
}

const IdempotencyKey = z
  .string()
  .max(255)
  .optional()
  .meta({
    description:
      'Chosen by the client. The same request under the same key is performed once and answered alike, ' +
      'with the header Idempotent-Replayed.',
  })

const Bytes = z.string().meta({ format: 'binary' })
const Files = z.object({
  file: z.array(
    z.string().meta({ format: 'binary', description: 'Up to 25 MiB each; several in one form.' }),
  ),
})

function operation(
  name: string,
  { summary, access, params, query, body, answer, status = 200, method, isFile, takes, takesFiles }: Endpoint,
): ZodOpenApiOperationObject {
  return {
    operationId: name,
    summary,
    description: ACCESS[access],
    ...(access === 'open' && { security: [] }),
    requestParams: {
      ...(params && { path: params }),
      ...(query instanceof z.ZodObject && { query }),
      ...(method === 'POST' && { header: z.object({ 'Idempotency-Key': IdempotencyKey }) }),
    },
    ...(body && {
      requestBody: {
        required: !body.safeParse({}).success,
        content: {
          'application/json': { schema: body },
          ...(takesFiles && { 'multipart/form-data': { schema: Files } }),
        },
      },
    }),
    ...(takes && {
      requestBody: { required: true, content: { [takes.type]: { schema: Bytes } } },
    }),
    responses: {
      [`${status}`]: {
        description: 'Done.',
        content: { [isFile ? 'application/octet-stream' : 'application/json']: { schema: answer } },
      },
      default: {
        description: 'What went wrong.',
        content: { 'application/problem+json': { schema: Problem } },
      },
    },
  }
}

export function openapi(version: string) {
  const paths: ZodOpenApiPathsObject = {}
  for (const [name, endpoint] of Object.entries<Endpoint>(api)) {
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: operation(name, endpoint),
    }
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Carillon', version, description: 'Plan, run and follow agents that work by the clock.' },
    servers: [{ url: '/api' }],
    security: [{ apiKey: [] }, { session: [] }],
    paths,
    components: {
      schemas: {
        Agent,
        ApiKey,
        Document,
        [DOCUMENT_NAME]: documentSchema() as oas31.SchemaObject,
        Execution,
        ExecutionDetail,
        Invitation,
        Member,
        Message,
        Problem,
        Trigger,
        Workspace,
      },
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'A key from `npm run api-key` or `POST /api-keys`.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'carillon.session_token',
          description: 'The cookie of a signed-in browser.',
        },
      },
    },
  })
}
