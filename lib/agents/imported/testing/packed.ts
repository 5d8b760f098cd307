/** Skills as the zips that somebody imports. */
import { archive } from './archive.ts'

export interface Written {
  /** What its handler does. */
  does?: string
  manifest?: Record<string, unknown>
  files?: Record<string, string>
}

/** One that answers what its body says. */
export function packed(hubId: string, { does = 'return "Done."', manifest, files = {} }: Written = {}) {
  const plugin = { hubId, name: hubId, description: `Does ${hubId}.`, schema: 'skill-1.0.0', ...manifest }
  const whole = {
    'plugin.json': JSON.stringify(plugin),
    'handler.js': `module.exports.runtime = { handler: async function (params) { ${does} } }`,
    ...files,
  }
  return archive(Object.entries(whole).map(([name, content]) => ({ name: `${hubId}/${name}`, content })))
}

/** Instructions, which nothing runs. */
export const packedText = (name: string, text: string) =>
  archive([{ name: 'SKILL.md', content: `---\nname: ${name}\ndescription: How to ${name}.\n---\n${text}` }])
