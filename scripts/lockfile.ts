/**
 * Optional packages that a lockfile names but does not hold.
 *
 * Where a package of one platform was not published yet, `npm install`
 * succeeds and writes a lockfile with which every `npm ci` fails.
 */
interface Lockfile {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>
}

export function missingFromLockfile(text: string): string[] {
  const { packages } = JSON.parse(text) as Lockfile
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !resolves(packages, path, name))
      .map((name) => `${name}, which ${path || 'package.json'} names, is not in the lockfile`),
  )
}

/** As Node looks it up: below the package that asks, then beside it and in each folder above. */
function resolves(packages: Lockfile['packages'], path: string, name: string): boolean {
  if ((path ? `${path}/node_modules/${name}` : `node_modules/${name}`) in packages) return true
  return (
    path !== '' && resolves(packages, path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))), name)
  )
}
