/** A sandbox with a folder to run in, and skills as files or as a line of code. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../clock.ts'
import { readFolder } from '../files.ts'
import { type Grants, readManifest } from '../manifest.ts'
import { createSandbox, type SandboxDeps, type SkillCall } from '../sandbox.ts'

const SKILLS = join(import.meta.dirname, 'skills')
export const nothing: Grants = {
  network: [],
  privateNetwork: false,
  read: [],
  write: [],
  childProcess: false,
}

export type Wanted = Partial<Omit<SkillCall, 'folder' | 'manifest' | 'grants' | 'say'>> & {
  grants?: Partial<Grants>
}

export function skilled(deps: Partial<SandboxDeps> = {}) {
  // Its user may be another.
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'skilled-')))
  chmodSync(root, 0o755)
  const folders = join(root, 'skills')
  const scratchDir = join(root, 'scratch')
  mkdirSync(folders)
  const sandbox = createSandbox({
    clock: systemClock,
    scratchDir,
    allowedPrivateNetworks: ['127.0.0.1', '::1'],
    ...deps,
  })
  let made = 0

  const call = async (folder: string, { grants, ...wanted }: Wanted) => {
    const said: string[] = []
    const answer = await sandbox.run({
      folder,
      manifest: readManifest(await readFolder(folder)),
      setup: {},
      params: {},
      signal: new AbortController().signal,
      approve: async () => ({ approved: false, message: 'Nobody was asked.' }),
      ...wanted,
      grants: { ...nothing, ...grants },
      say: (text) => said.push(text),
    })
    return { answer, said }
  }
  const inCode = (handler: string) => {
    const folder = join(folders, `made-${made++}`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'plugin.json'), '{"hubId":"made"}')
    writeFileSync(join(folder, 'handler.js'), handler)
    return folder
  }
  return {
    root,
    scratchDir,
    sandbox,
    inCode,
    /** One of those that lie in `skills/`. */
    run(hubId: string, wanted: Wanted = {}) {
      cpSync(join(SKILLS, '_shared'), join(folders, '_shared'), { recursive: true })
      cpSync(join(SKILLS, hubId), join(folders, hubId), { recursive: true })
      return call(join(folders, hubId), wanted)
    },
    runIn: call,
    /** The body of a handler. */
    does: (body: string, wanted: Wanted = {}) =>
      call(inCode(`module.exports.runtime = { handler: async function (params) { ${body} } }`), wanted),
    async end() {
      await sandbox.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}
