export function foldExports(exports: Record<string, unknown>): Record<string, unknown>
export function foldExportsOf(folder: string): void
