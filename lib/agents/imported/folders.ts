/** Skills that lie in folders of the server, each in one of its name: `plugins/agent-skills/<hubId>`. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readFolder, SkillProblem, type SkillFiles } from './files.ts'
import { readManifest, type SkillManifest } from './manifest.ts'

export interface FoundSkill {
  files: SkillFiles
  manifest: SkillManifest
}

const MOST = 200

export async function foldersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((it) => !it.name.startsWith('.') && (it.isDirectory() || it.isSymbolicLink()))
    .map((it) => it.name)
    .sort()
    .slice(0, MOST)
}

/** Null where there is no such folder. @throws SkillProblem */
export async function skillIn(root: string, hubId: string): Promise<FoundSkill | null> {
  if (!(await foldersIn(root)).includes(hubId)) return null
  const files = await readFolder(join(root, hubId))
  const manifest = readManifest(files)
  if (manifest.hubId !== hubId)
    throw new SkillProblem(
      `The folder is called "${hubId}", and the skill in it "${manifest.hubId}": rename the folder to "${manifest.hubId}".`,
    )
  return { files, manifest }
}
