/** @type {import('next').NextConfig} */
export default {
  // What a browser keeps for when it is offline belongs to one build.
  env: { CARILLON_BUILD: Date.now().toString(36) },
  // What `server.ts` has created is reached through one object, never by a bundled copy of these.
  serverExternalPackages: [
    'better-sqlite3',
    'pg',
    'pg-boss',
    'pino',
    'prom-client',
    'socket.io',
    'drizzle-orm',
    'better-auth',
    'undici',
  ],
  allowedDevOrigins: ['127.0.0.1'],
  agentRules: false,
  // `server.ts` does, for pages and API alike.
  compress: false,
  poweredByHeader: false,
  reactStrictMode: true,
  // The checks of `npm test` are stricter than the build's, and run once.
  typescript: { ignoreBuildErrors: true },
}
