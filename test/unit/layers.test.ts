import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// The import rules of docs/architecture.md, written here a second time so that a slip in the linter's table shows. Each
// breach is planted in a folder of its own that is laid out like the source; one run of the linter must find them all, and
// nothing in what is sound.

const root = join(import.meta.dirname, '../..')

/** Rooms that know nothing of the engine, not even its ports. */
const sciences = ['planning', 'tasks', 'consensus', 'coordination', 'belief', 'market', 'portfolio']

/** Which other rooms of the engine a room may know. */
const mayKnow: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(sciences.map((science) => [science, []])),
  trading: ['portfolio'],
  backtest: [...sciences, 'trading'],
  learning: [...sciences, 'trading'],
  agents: [...sciences, 'trading', 'backtest', 'learning'],
  desk: [...sciences, 'trading', 'backtest', 'learning', 'agents'],
}
const rooms = Object.keys(mayKnow)
/** What all rooms of the engine but the sciences know. */
const ground = ['ports', 'bus', 'journal']
/** The floors of the desk, highest first. */
const floors = [['plans'], ['runs'], ['steps'], ['voting'], ['run'], ['reports', 'reviews', 'planning', 'memory']]

const from = (...folders: string[]) => folders.map((folder) => `#${folder}/thing.ts`)
const inRooms = (names: readonly string[]) => from(...names.map((name) => `engine/${name}`))

const outerFolders = ['store', 'adapters', 'api', 'shell', 'main', 'renderer', 'test']
const outside = ['react', 'better-sqlite3', 'ws', 'piscina', '@mantine/core', '@orpc/server', 'lightweight-charts']
const impure = ['node:fs', 'fs', 'electron', ...outside]
const upward = '../elsewhere/thing.ts'

interface Layer {
  readonly folder: string
  readonly may: readonly string[]
  readonly mayNot: readonly string[]
}

/** One folder beside the engine's: it knows shared, the engine and itself. */
function besideTheEngine(folder: string, may: readonly string[]): Layer {
  const others = outerFolders.filter((other) => other !== folder)
  return {
    folder: `src/main/${folder}`,
    may: ['./thing.ts', ...from('shared/lib', 'engine', folder), ...may],
    mayNot: [...from(...others), 'electron', upward],
  }
}

const layers: readonly Layer[] = [
  {
    folder: 'src/shared/domain',
    may: ['./thing.ts', '#shared/lib/thing.ts', 'zod'],
    mayNot: [...from('engine', ...outerFolders), ...impure, upward],
  },
  ...ground.map((folder) => ({
    folder: `src/main/engine/${folder}`,
    may: ['./thing.ts', '#shared/lib/thing.ts', ...inRooms(ground.filter((other) => other !== folder))],
    mayNot: [...inRooms(rooms), ...from('shared/contract', ...outerFolders), ...impure, upward],
  })),
  ...rooms.map((room): Layer => {
    const known = mayKnow[room] ?? []
    const unknown = rooms.filter((other) => other !== room && !known.includes(other))
    const isScience = sciences.includes(room)
    return {
      folder: `src/main/engine/${room}`,
      may: ['./thing.ts', '#shared/lib/thing.ts', ...inRooms([room, ...known, ...(isScience ? [] : ground)])],
      mayNot: [
        ...inRooms([...unknown, ...(isScience ? ground : [])]),
        ...from('shared/contract', ...outerFolders),
        ...impure,
        upward,
      ],
    }
  }),
  ...floors.flatMap((floor, index) =>
    floor.map((name): Layer => {
      const below = floors.slice(index + 1).flat()
      const notBelow = floors.flat().filter((other) => other !== name && !below.includes(other))
      const inDesk = (names: readonly string[]) => names.map((other) => `#engine/desk/${other}/thing.ts`)
      return {
        folder: `src/main/engine/desk/${name}`,
        may: ['./thing.ts', '#shared/lib/thing.ts', ...inDesk(below), ...inRooms(['agents', 'trading', ...ground])],
        mayNot: [
          ...inDesk(notBelow),
          '#engine/desk/kernel.ts',
          ...from('shared/contract', ...outerFolders),
          ...impure,
          upward,
        ],
      }
    }),
  ),
  besideTheEngine('store', ['node:fs', 'better-sqlite3']),
  besideTheEngine('adapters', ['node:fs']),
  {
    folder: 'src/main/workers',
    may: ['./thing.ts', 'node:worker_threads', ...from('shared/lib', 'engine', 'store', 'adapters', 'main/workers')],
    mayNot: [...from('api', 'shell', 'main', 'main/compose', 'renderer', 'test'), 'electron', upward],
  },
  {
    folder: 'src/main/config',
    may: ['./thing.ts', 'node:fs', ...from('shared/lib', 'adapters')],
    mayNot: [...from('engine', 'store', 'api', 'shell', 'main', 'renderer', 'test'), 'electron', upward],
  },
  {
    folder: 'src/main/compose',
    may: [
      './thing.ts',
      'node:fs',
      ...from('shared/lib', 'engine/desk', 'store', 'adapters', 'api', 'main/config', 'main/workers'),
    ],
    mayNot: [...from('main/cli', 'main/simulation', 'shell', 'renderer', 'test'), 'electron', upward],
  },
  besideTheEngine('api', ['node:http', 'ws', '@orpc/server']),
  {
    folder: 'src/main/shell',
    may: ['./thing.ts', 'electron', 'node:fs', ...from('shared/lib', 'shell')],
    mayNot: [...from('engine', 'store', 'adapters', 'api', 'main', 'renderer', 'test'), upward],
  },
  ...['src/main', 'src/main/cli'].map((folder) => ({
    folder,
    may: ['./thing.ts', 'node:fs', ...from('shared/lib', 'engine/desk', 'store', 'adapters', 'api')],
    mayNot: [...from('renderer', 'test'), 'electron', upward],
  })),
  {
    folder: 'src/preload',
    may: ['./port.ts', 'electron'],
    mayNot: [...from('shared/lib', 'engine', ...outerFolders), upward],
  },
  {
    folder: 'src/renderer/ui',
    may: ['./thing.ts', 'react', '@mantine/core', ...from('shared/contract', 'renderer/app', 'renderer/screens/desk')],
    mayNot: [
      ...from('engine', ...outerFolders.filter((folder) => folder !== 'renderer')),
      'node:fs',
      'electron',
      upward,
    ],
  },
  {
    folder: 'src/renderer/screens/desk',
    may: ['./thing.ts', 'react', ...from('shared/contract', 'renderer/ui', 'renderer/app')],
    mayNot: [...from('renderer/screens/journal', 'engine', 'store', 'api', 'main'), 'node:fs', 'electron', upward],
  },
]

/** What is not the same on every machine and at every time, and the rule that keeps it out. */
const chances: readonly (readonly [code: string, rule: string])[] = [
  ['Date.now()', 'no-restricted-properties'],
  ['performance.now()', 'no-restricted-properties'],
  ['Math.random()', 'no-restricted-properties'],
  ['crypto.randomUUID()', 'no-restricted-properties'],
  ['setTimeout(String, 1)', 'no-restricted-globals'],
  ['setInterval(String, 1)', 'no-restricted-globals'],
  ['setImmediate(String)', 'no-restricted-globals'],
  ['fetch("https://example.org")', 'no-restricted-globals'],
  ['process.env', 'no-restricted-globals'],
  ['new WebSocket("wss://example.org")', 'no-restricted-globals'],
  ['Buffer.alloc(1)', 'no-restricted-globals'],
]
const deterministic = ['src/shared/lib', ...[...ground, ...rooms].map((room) => `src/main/engine/${room}`)]

interface Diagnostic {
  readonly code: string
  readonly message: string
  readonly filename: string
}

const files = new Map<string, string>()

/** Plants a file; gives its path. */
function plant(folder: string, text: string, ending = '.ts'): string {
  const file = `${folder}/plant-${files.size}${ending}`
  files.set(file, text)
  return file
}

const importing = (specifier: string) => `import { thing } from '${specifier}'\nexport const held = thing\n`
const calling = (code: string) => `export const held = () => ${code}\n`

const imports = layers.map(({ folder, may, mayNot }) => ({
  folder,
  breaches: mayNot.map((specifier) => ({ specifier, file: plant(folder, importing(specifier)) })),
  sound: may.map((specifier) => ({ specifier, file: plant(folder, importing(specifier)) })),
}))
const calls = deterministic.map((folder) => ({
  folder,
  breaches: chances.map(([code, rule]) => ({ code, rule, file: plant(folder, calling(code)) })),
  sound: ['clock.now()', 'random.float()', 'ids.next("run")'].map((code) => plant(folder, calling(code))),
}))
const otherWays = {
  'a type alone': plant('src/main/store', `import type { Thing } from '#api/thing.ts'\nexport type Held = Thing\n`),
  'an export from elsewhere': plant('src/main/store', `export { thing } from '#api/thing.ts'\n`),
  'an import while it runs': plant('src/main/store', `export const held = () => import('#api/thing.ts')\n`),
}
const ring = ['one', 'other'].map((name, index, names) => {
  const file = `src/main/store/${name}.ts`
  files.set(
    file,
    `import { ${names[1 - index]} } from './${names[1 - index]}.ts'\nexport const ${name} = ${names[1 - index]}\n`,
  )
  return file
})
const typeRing = ['first', 'second'].map((name, index, names) => {
  const other = names[1 - index]
  const file = `src/main/store/${name}.ts`
  files.set(file, `import type { ${other} } from './${other}.ts'\nexport interface ${name} {\n  held: ${other}\n}\n`)
  return file
})
const exempt = [
  plant('src/main/engine/planning', importing('#store/thing.ts'), '.test.ts'),
  plant('src/main/engine/planning', calling('Date.now()'), '.test.ts'),
  ...chances.map(([code]) => plant('src/main/store', calling(code))),
]

let folder: string
let found: ReadonlyMap<string, readonly Diagnostic[]>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-layers-'))
  await copyFile(join(root, 'oxlint.config.ts'), join(folder, 'oxlint.config.ts'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  for (const parent of new Set([...files.keys()].map(dirname))) await mkdir(join(folder, parent), { recursive: true })
  await Promise.all([...files].map(([file, text]) => writeFile(join(folder, file), text)))
  const { diagnostics, number_of_files } = await lint()
  // The configuration is a file of the folder too.
  expect(number_of_files).toBe(files.size + 1)
  found = Map.groupBy(diagnostics, ({ filename }) => filename.replaceAll('\\', '/'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function lint(): Promise<{ readonly diagnostics: readonly Diagnostic[]; readonly number_of_files: number }> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [join(root, 'node_modules/oxlint/bin/oxlint'), '--format', 'json'],
      { cwd: folder, maxBuffer: 1 << 26 },
      (_error, stdout, stderr) => {
        // It ends with 1 when it has found something.
        if (stdout.startsWith('{')) resolve(JSON.parse(stdout))
        else reject(new Error(`The linter gave no report: ${stderr}${stdout}`))
      },
    )
  })
}

/** The rules that a file breaks. */
const rulesBrokenBy = (file: string) => (found.get(file) ?? []).map(({ code }) => code)

describe('what a folder may import', () => {
  it.each(imports)('$folder imports nothing from above it or beside it', ({ breaches }) => {
    const passed = breaches.filter(({ file, specifier }) => {
      const [only, ...more] = found.get(file) ?? []
      const caught = only?.code === 'eslint(no-restricted-imports)' && only.message.startsWith(`'${specifier}'`)
      return !caught || more.length > 0
    })
    expect(passed.map(({ specifier }) => specifier)).toEqual([])
  })

  it.each(imports)('$folder imports what is below it', ({ sound }) => {
    const refused = sound.filter(({ file }) => found.has(file))
    expect(refused.map(({ specifier }) => specifier)).toEqual([])
  })

  it.each(Object.entries(otherWays))('%s is no way around', (_way, file) => {
    expect(rulesBrokenBy(file)).toEqual(['eslint(no-restricted-imports)'])
  })

  it('files do not import each other in a ring', () => {
    expect(ring.flatMap(rulesBrokenBy)).toContain('import(no-cycle)')
    expect(typeRing.flatMap(rulesBrokenBy)).toContain('import(no-cycle)')
  })
})

describe('what the engine and shared may not ask', () => {
  it.each(calls)('$folder has no clock, no chance and no outside world of its own', ({ breaches }) => {
    const passed = breaches.filter(({ file, rule }) => !rulesBrokenBy(file).includes(`eslint(${rule})`))
    expect(passed.map(({ code }) => code)).toEqual([])
  })

  it.each(calls)('$folder uses those that were handed in', ({ sound }) => {
    expect(sound.flatMap(rulesBrokenBy)).toEqual([])
  })

  it('tests, and folders that face the world, are free to', () => {
    expect(exempt.flatMap(rulesBrokenBy)).toEqual([])
  })
})
