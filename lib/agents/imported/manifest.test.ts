import { expect, test } from 'vitest'
import { contextOf } from '../custom/schema.ts'
import { coerced, readManifest, runtimeArgs } from './manifest.ts'

const filesOf = (texts: Record<string, string | Buffer>) =>
  new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text as string)]))
const plugin = (manifest: object, handler = 'x', more: Record<string, string | Buffer> = {}) =>
  readManifest(
    filesOf({
      'plugin.json': JSON.stringify({ schema: 'skill-1.0.0', hubId: 'weather', ...manifest }),
      'handler.js': handler,
      ...more,
    }),
  )

test('a manifest is read as public skills write it, whatever else stands in it', () => {
  const read = plugin({
    $schema: 'https://example.com/schema.json',
    active: true,
    imported: true,
    settings: {},
    repository: { url: 'x' },
    name: 'Weather',
    description: 'Tells the weather.',
    version: '1.0.2',
    author: '@ada',
    setup_args: {
      API_KEY: {
        type: 'string',
        required: true,
        input: { type: 'text', default: 'YOUR_KEY', hint: 'From the site.' },
      },
      UNITS: {
        type: 'string',
        default: 'metric',
        input: { type: 'select', options: ['metric', { value: 'us', label: 'US' }] },
      },
      DAYS: { type: 'number', input: { type: 'number', default: 3 } },
      VERBOSE: { value: true, input: { type: 'boolean' } },
      PIN: { input: { type: 'password' } },
      PLAIN: 'odd',
    },
    examples: [{ prompt: 'Weather in Rome?', call: '{}' }],
    entrypoint: {
      file: 'handler.js',
      params: {
        city: { description: 'Which.', type: 'string', required: true },
        days: { type: 'number' },
        units: { type: 'string', enum: ['metric', 'us'] },
        odd: { type: 'whatever', pattern: '(a+)+' },
      },
    },
  })
  expect(read).toMatchObject({
    hubId: 'weather',
    name: 'Weather',
    version: '1.0.2',
    author: '@ada',
    format: 'anythingllm',
    examples: [{ prompt: 'Weather in Rome?' }],
    instructions: null,
    warnings: [],
  })
  expect(read.setup).toEqual({
    type: 'object',
    properties: {
      API_KEY: { type: 'string', title: 'API_KEY', description: 'From the site.', writeOnly: true },
      UNITS: { type: 'string', title: 'UNITS', enum: ['metric', 'us'], default: 'metric' },
      DAYS: { type: 'number', title: 'DAYS', examples: [3] },
      VERBOSE: { type: 'boolean', title: 'VERBOSE', default: true },
      PIN: { type: 'string', title: 'PIN', writeOnly: true },
      PLAIN: { type: 'string', title: 'PLAIN' },
    },
    required: ['API_KEY'],
  })
  expect(read.params).toEqual({
    type: 'object',
    properties: {
      city: { type: 'string', description: 'Which.' },
      days: { type: 'number' },
      units: { type: 'string', enum: ['metric', 'us'] },
      odd: {},
    },
    required: ['city'],
    additionalProperties: false,
  })
})

test('params that are declared judge what it is called with, where text stands for numbers', () => {
  const { params } = plugin({
    entrypoint: {
      params: { n: { type: 'number', required: true }, on: { type: 'boolean' }, text: { type: 'string' } },
    },
  })
  const judge = (given: Record<string, unknown>) => contextOf(params ?? {}).safeParse(coerced(given, params))
  expect(judge({ n: '3.5', on: 'True', text: '7' }).data).toEqual({ n: 3.5, on: true, text: '7' })
  expect(judge({ n: '0x10' }).success).toBe(false)
  expect(judge({ n: '' }).success).toBe(false)
  expect(judge({ n: 1, other: 2 }).success).toBe(false)
  expect(judge({}).success).toBe(false)
  expect(plugin({ entrypoint: { params: {} } }).params).toBeNull()
  expect(plugin({}).params).toBeNull()
  expect(coerced({ __proto__: 1, any: '1' }, null)).toEqual({ any: '1' })
  const whole = { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] }
  expect(plugin({ entrypoint: { params: whole } }).params).toMatchObject({
    required: ['q'],
    properties: whole.properties,
  })
})

test.each([
  ['a value', { value: 'v', default: 'd' }, {}, 'v'],
  ['a default', { default: 'd' }, {}, 'd'],
  ['what was entered', { value: 'v', default: 'd' }, { K: 'e' }, 'e'],
  ['an empty entry', { default: 'd' }, { K: '' }, 'd'],
  ['a false entry', { default: true }, { K: false }, true],
  ['what the form shows', { input: { default: 'shown' } }, {}, null],
  ['nothing', {}, {}, null],
  ['nothing, though required', { required: true, default: 'd' }, {}, undefined],
  ['a value, though required', { required: true, value: 'v' }, {}, 'v'],
  ['zero', {}, { K: 0 }, null],
])('a setup argument with %s is what the original makes of it', (_, argument, entered, expected) => {
  const args = runtimeArgs(plugin({ setup_args: { K: argument, OTHER: {} } }).setup, entered)
  expect(args.K).toEqual(expected)
  expect('K' in args).toBe(expected !== undefined)
  expect(args.OTHER).toBeNull()
})

test.each<[string, string, Partial<ReturnType<typeof plugin>['asks']>, RegExp[]]>([
  ['a constant address', 'fetch("https://api.example.com/x")', { network: ['api.example.com'] }, []],
  [
    'addresses of several kinds',
    "const a = 'http://a.example:8080'; const b = `https://b.example/$" + '{id}?x`',
    { network: ['a.example:8080', 'b.example'] },
    [],
  ],
  ['an address in a comment', '// https://doc.example\n/* "https://doc.example" */', { network: [] }, []],
  [
    'an address that is made',
    'fetch(`https://$' + '{host}/x`); fetch(`https://api.$' + '{region}.example.com`); fetch("https://" + h)',
    { network: [] },
    [/no address stands in its code/],
  ],
  [
    'a host option',
    "https.request({ hostname: 'api.example.com' }); require('https')",
    { network: ['api.example.com'] },
    [],
  ],
  [
    'an address after a regular expression',
    'const q = /["\']/; \nfetch("https://api.example.com")',
    { network: ['api.example.com'] },
    [],
  ],
  [
    'an inner address',
    'fetch("http://192.168.1.5:3000/x"); fetch("http://nas/")',
    { network: ['192.168.1.5:3000', 'nas'], privateNetwork: true },
    [/outside the public internet: 192\.168\.1\.5:3000, nas/],
  ],
  [
    'an address of this machine',
    'fetch("http://[::1]:80/")',
    { network: ['[::1]:80'], privateNetwork: true },
    [/outside the public/],
  ],
  ['programs', "const { exec } = require('node:child_process')", { childProcess: true }, [/child_process/]],
  ['programs by import', "import { exec } from 'child_process'", { childProcess: true }, [/child_process/]],
  [
    'a neighbour',
    "require('../_shared/http.js'); require('./lib/a')",
    { read: ['../_shared'] },
    [/beside its folder: \.\.\/_shared/],
  ],
  [
    'modules',
    "require('openai'); require('@a/b/c'); require('fs/promises'); import('axios'); require('./x')",
    {},
    [/@a\/b, axios, openai\. Bundle/],
  ],
  ['a bundled module', "require('here/sub')", {}, []],
  [
    'variables',
    'process.env.OPENAI_KEY + process.env["HOME"]',
    {},
    [/environment variables.*HOME, OPENAI_KEY/],
  ],
  ['eval', 'eval("1"); a.retrieval()', {}, [/eval/]],
  ['a minified handler', 'a;'.repeat(2000), {}, [/binary or minified: handler\.js/]],
])('%s in the code is told', (_, code, asks, warnings) => {
  const read = plugin({}, code, { 'node_modules/here/index.js': 'fetch("https://bundled.example")' })
  expect(read.asks).toEqual({
    network: [],
    privateNetwork: false,
    read: [],
    write: [],
    childProcess: false,
    ...asks,
  })
  expect(read.warnings).toHaveLength(warnings.length)
  for (const [n, words] of warnings.entries()) expect(read.warnings[n]).toMatch(words)
})

test('what hides from review, or lies about itself a little, is a warning', () => {
  const read = plugin(
    {
      entrypoint: { file: 'main.js' },
      setup_args: { TOKEN: { value: 's3cret' }, URL: { default: 'https://set.example' } },
    },
    'x',
    { 'a.node': Buffer.from([127, 69, 76, 70, 0, 1]), 'icon.png': Buffer.from([137, 0]) },
  )
  expect(read.warnings).toEqual([
    expect.stringContaining('"main.js", which is not in its folder'),
    expect.stringContaining('a value for TOKEN'),
    expect.stringContaining('binary or minified: a.node'),
  ])
  expect(read.asks.network).toEqual(['set.example'])
  expect(JSON.stringify(read)).not.toContain('s3cret')
})

test('code that is made to be slow to look at is looked at once', () => {
  for (const piece of ['/*', '"\\"', '`', '../', 'http://a-', 'require("', "'", 'process.env[', 'host:"a.'])
    expect(plugin({}, `"${piece.repeat(60_000)}`).hubId).toBe('weather')
})

test.each<[string, Record<string, string>, RegExp]>([
  ['no manifest', { 'handler.js': 'x' }, /no plugin\.json and no SKILL\.md/],
  ['no JSON', { 'plugin.json': '{', 'handler.js': '' }, /plugin\.json is no JSON/],
  ['a list', { 'plugin.json': '[]', 'handler.js': '' }, /holds no object/],
  ['no hubId', { 'plugin.json': '{}', 'handler.js': '' }, /names no hubId/],
  [
    'a path as hubId',
    { 'plugin.json': '{"hubId":"@a/../../x"}', 'handler.js': '' },
    /hubId "@a\/\.\.\/\.\.\/x"/,
  ],
  ['dots as hubId', { 'plugin.json': '{"hubId":".."}', 'handler.js': '' }, /hubId "\.\."/],
  ['a number as hubId', { 'plugin.json': '{"hubId":7}', 'handler.js': '' }, /hubId 7/],
  ['a long hubId', { 'plugin.json': `{"hubId":"${'a'.repeat(81)}"}`, 'handler.js': '' }, /up to 80/],
  [
    'another schema',
    { 'plugin.json': '{"hubId":"a","schema":"skill-2.0.0"}', 'handler.js': '' },
    /"skill-2\.0\.0"; skill-1\.0\.0/,
  ],
  [
    'no handler',
    { 'plugin.json': '{"hubId":"a","entrypoint":{"file":"main.js"}}', 'main.js': '' },
    /no handler\.js/,
  ],
  [
    'params as text',
    { 'plugin.json': '{"hubId":"a","entrypoint":{"params":"x"}}', 'handler.js': '' },
    /entrypoint\.params as "x"/,
  ],
  [
    'setup as a list',
    { 'plugin.json': '{"hubId":"a","setup_args":["x"]}', 'handler.js': '' },
    /setup_args as \["x"\]/,
  ],
  ['no front matter', { 'SKILL.md': '# Hello' }, /no front matter/],
  ['an open front matter', { 'SKILL.md': '---\nname: a\n' }, /no front matter/],
  [
    'a name with a path',
    { 'SKILL.md': '---\nname: ../a\ndescription: b\n---\nc' },
    /names the skill "\.\.\/a"/,
  ],
  ['no description', { 'SKILL.md': '---\nname: a\n---\nc' }, /no description/],
  ['no text', { 'SKILL.md': '---\nname: a\ndescription: b\n---\n' }, /no text/],
  ['no keys', { 'SKILL.md': '---\nname: a\n- b\n---\nc' }, /cannot be read at "- b"/],
])('a skill with %s is refused in words', (_, texts, words) => {
  expect(() => readManifest(filesOf(texts))).toThrow(words)
})

test('an Agent Skill is its instructions and references; its scripts stay where they are', () => {
  const head = [
    '---',
    'name: pdf-tables',
    'description: >-',
    '  Reads tables',
    '  from PDFs.',
    'license: "MIT"',
    'metadata:',
    '  author: someone',
    'version: 1.2 # the newest',
    '---',
  ].join('\r\n')
  const read = readManifest(
    filesOf({
      'SKILL.md': `${head}\r\n# How\r\n\r\nRead it.`,
      'references/forms.md': 'About forms.',
      'references/long.md': 'x'.repeat(40_000),
      'README.md': 'For people.',
      'scripts/run.py': 'print(1)',
    }),
  )
  expect(read).toMatchObject({
    hubId: 'pdf-tables',
    description: 'Reads tables from PDFs.',
    version: '1.2',
    format: 'agent-skill',
    instructions: '# How\r\n\r\nRead it.\n\n# references/forms.md\n\nAbout forms.',
    warnings: [expect.stringContaining('scripts/run.py'), expect.stringContaining('references/long.md')],
  })
})
