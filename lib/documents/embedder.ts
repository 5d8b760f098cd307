/** Who says what a text means: a model of embeddings, where a workspace has one. */
export interface Embedder {
  /** Names the model: meanings of another one cannot be compared with its own. */
  mark: string
  /** Of each text its meaning. @throws EmbeddingFailed */
  embed(texts: readonly string[], signal: AbortSignal): Promise<number[][]>
}
/** Null: the workspace has none, and documents are found by their words alone. */
export type Embedders = (workspaceId: number) => Promise<Embedder | null>

export class EmbeddingFailed extends Error {
  override readonly name = 'EmbeddingFailed'
  /** The same text may be taken later. */
  readonly transient: boolean
  constructor(message: string, transient: boolean) {
    super(message)
    this.transient = transient
  }
}
