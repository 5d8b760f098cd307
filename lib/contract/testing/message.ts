/** A message for tests: said by a person in the chat, and in it. */
import type { Message } from '../message.ts'

export const aMessage = (id: number, more: Partial<Message> = {}): Message => ({
  id,
  workspaceId: 1,
  kind: 'person',
  prompt: '',
  response: null,
  text: '',
  author: { id: 'ada', name: 'Ada' },
  threadId: null,
  triggerId: null,
  executionId: null,
  status: null,
  clientId: null,
  include: true,
  foldedInto: null,
  version: 1,
  editedAt: null,
  deleted: false,
  createdAt: '2026-11-23T09:00:00.000Z',
  updatedAt: '2026-11-23T09:00:00.000Z',
  ...more,
})
