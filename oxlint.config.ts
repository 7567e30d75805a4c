import { defineConfig, type OxlintConfig } from 'oxlint'

// The import rules of the house, one row a folder. Imports go down and never up or sideways.
const folders = ['shared', 'engine', 'store', 'adapters', 'api', 'shell', 'main', 'renderer', 'test'] as const
const sciences = ['planning', 'tasks', 'consensus', 'coordination', 'belief', 'market', 'portfolio'] as const
const rooms = [...sciences, 'trading', 'backtest', 'learning', 'agents', 'desk'] as const

/** What the rooms of the engine share; no science knows them. */
const ground = ['ports', 'bus', 'journal'] as const
/** The floors of the desk, highest first; the kernel stands above them all. Rooms of one floor do not know each other. */
const floors = [
  ['plans'],
  ['runs'],
  ['steps'],
  ['voting'],
  ['run'],
  ['reports', 'reviews', 'planning', 'memory'],
] as const

type Folder = (typeof folders)[number]
type Room = (typeof rooms)[number]

/** Which other rooms of the engine a room may import. */
const roomImports: Record<Room, Room[]> = {
  planning: [],
  tasks: [],
  consensus: [],
  coordination: [],
  belief: [],
  market: [],
  portfolio: [],
  trading: ['portfolio'],
  backtest: [...sciences, 'trading'],
  learning: [...sciences, 'trading'],
  agents: [...sciences, 'trading', 'backtest', 'learning'],
  desk: [...sciences, 'trading', 'backtest', 'learning', 'agents'],
}

type Rules = NonNullable<OxlintConfig['rules']>

interface Ban {
  regex: string
  message: string
}

const noUpward: Ban = {
  regex: '^\\.\\./',
  message: 'Across folders use an alias (#shared/, #engine/, ...); relative paths stay inside a folder.',
}
const noNode: Ban = {
  regex: '^(node:.*|fs|path|crypto|http|https|net|os|child_process|worker_threads)$',
  message: 'This folder does no input or output.',
}
const noElectron: Ban = { regex: '^electron($|/)', message: 'Only src/main/shell and src/preload import electron.' }
const noOutside: Ban = {
  regex:
    '^(react|react-dom|better-sqlite3|ws|piscina|lightweight-charts|@mantine/.*|@tanstack/.*|@orpc/(server|client|openapi).*)($|/)',
  message: 'No user interface, database or transport here.',
}

function only(allowed: readonly Folder[], message: string): Ban {
  return { regex: `^#(${folders.filter((folder) => !allowed.includes(folder)).join('|')})/`, message }
}

function imports(...patterns: Ban[]): Rules {
  return { 'no-restricted-imports': ['error', { patterns }] }
}

const clock = 'Take the time from the Clock that was handed in.'
const deterministic: Rules = {
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: clock },
    { object: 'performance', property: 'now', message: clock },
    { object: 'Math', property: 'random', message: 'Take random numbers from the Random that was handed in.' },
    { object: 'crypto', property: 'randomUUID', message: 'Take ids from the Ids that were handed in.' },
  ],
  'no-restricted-globals': [
    'error',
    ...['setTimeout', 'setInterval', 'setImmediate', 'performance'].map((name) => ({ name, message: clock })),
    ...['fetch', 'process', 'WebSocket', 'crypto', 'Buffer'].map((name) => ({
      name,
      message: 'The engine does no input or output.',
    })),
  ],
}

const engineOnly: Ban[] = [
  only(['shared', 'engine'], 'The engine knows only shared and itself.'),
  { regex: '^#shared/contract/', message: 'The engine knows nothing of the API: its nouns are in #shared/domain/.' },
  noNode,
  noElectron,
  noOutside,
]

/** What a room may not know of the engine. */
function bansOf(room: Room): Ban[] {
  const banned = rooms.filter((other) => other !== room && !roomImports[room].includes(other))
  const allowed = ['shared', ...roomImports[room]].join(', ')
  const bans: Ban[] = []
  if (banned.length > 0)
    bans.push({ regex: `^#engine/(${banned.join('|')})/`, message: `engine/${room} imports only from ${allowed}.` })
  if ((sciences as readonly Room[]).includes(room))
    bans.push({ regex: `^#engine/(${ground.join('|')})/`, message: `engine/${room} knows only shared.` })
  return bans
}

function roomRules(room: Room) {
  return {
    files: [`src/main/engine/${room}/**/*.ts`],
    rules: {
      ...imports(noUpward, ...bansOf(room), ...engineOnly),
      ...deterministic,
    },
  }
}

function floorRules(floor: readonly string[], index: number) {
  const below: string[] = floors.slice(index + 1).flat()
  const all: string[] = floors.flat()
  return floor.map((name) => ({
    files: [`src/main/engine/desk/${name}/**/*.ts`],
    rules: imports(
      noUpward,
      { regex: '^#engine/desk/[^/]+$', message: 'Only the hosts of the desk know its kernel.' },
      {
        regex: `^#engine/desk/(${all.filter((other) => other !== name && !below.includes(other)).join('|')})/`,
        message: `desk/${name} imports only from the floors below it: ${below.join(', ') || 'none'}.`,
      },
      ...bansOf('desk'),
      ...engineOnly,
    ),
  }))
}

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'promise'],
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['out', 'node_modules', 'coverage'],
  rules: {
    'import/no-cycle': ['error', { ignoreTypes: false }],
    'import/no-default-export': 'error',
    'import/no-unassigned-import': ['error', { allow: ['**/*.css', '@fontsource*/**', '@fontsource-variable/**'] }],
    'no-console': 'error',
    eqeqeq: 'error',
    'prefer-const': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/await-thenable': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/consistent-type-imports': 'error',
    'no-shadow': 'off',
    'no-await-in-loop': 'off',
    'promise/always-return': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/no-unnecessary-type-arguments': 'off',
    'typescript/consistent-return': 'off',
    'import/no-named-as-default-member': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/require-module-specifiers': 'off',
  },
  overrides: [
    {
      files: ['src/shared/**/*.ts'],
      rules: {
        ...imports(noUpward, only(['shared'], 'shared knows nothing above it.'), noNode, noElectron, noOutside),
        ...deterministic,
      },
    },
    ...rooms.map(roomRules),
    ...floors.flatMap(floorRules),
    {
      files: ground.map((folder) => `src/main/engine/${folder}/**/*.ts`),
      rules: {
        ...imports(
          noUpward,
          { regex: `^#engine/(${rooms.join('|')})/`, message: 'Ports, bus and journal know no room of the engine.' },
          ...engineOnly,
        ),
        ...deterministic,
      },
    },
    {
      files: ['src/main/workers/**/*.ts'],
      rules: imports(
        noUpward,
        {
          regex: '^#main/(compose|config|cli|simulation)/|^#main/[^/]+$',
          message: 'workers run what is below them, in threads.',
        },
        only(['shared', 'engine', 'store', 'adapters', 'main'], 'workers run what is below them, in threads.'),
        noElectron,
      ),
    },
    ...(['store', 'adapters', 'api'] as const).map((folder) => ({
      files: [`src/main/${folder}/**/*.ts`],
      rules: imports(
        noUpward,
        only(['shared', 'engine', folder], `${folder} imports only from shared and engine.`),
        noElectron,
      ),
    })),
    {
      files: ['src/main/config/**/*.ts'],
      rules: imports(
        noUpward,
        only(['shared', 'adapters'], 'config reads files by the schemas of shared and of the adapters.'),
        noElectron,
      ),
    },
    {
      files: ['src/main/compose/**/*.ts'],
      rules: imports(
        noUpward,
        { regex: '^#main/(cli|simulation)/|^#main/[^/]+$', message: 'compose puts together what is below it.' },
        only(['shared', 'engine', 'store', 'adapters', 'api', 'main'], 'compose puts together what is below it.'),
        noElectron,
      ),
    },
    {
      files: ['src/main/*.ts', 'src/main/cli/**/*.ts'],
      rules: imports(
        noUpward,
        { regex: '^#(renderer|test)/', message: 'main knows neither the page nor tests.' },
        noElectron,
      ),
    },
    {
      files: ['src/main/simulation/**/*.ts'],
      rules: imports(
        noUpward,
        { regex: '^#(api|shell|renderer|test)/', message: 'A simulated desk has neither a page nor a window.' },
        noElectron,
      ),
    },
    {
      files: ['src/main/index.ts'],
      rules: imports(noUpward, { regex: '^#(renderer|test)/', message: 'main knows neither the page nor tests.' }),
    },
    {
      files: ['src/main/shell/**/*.ts'],
      rules: imports(noUpward, only(['shared', 'shell'], 'The shell is handed what it needs; it imports only shared.')),
    },
    {
      files: ['src/preload/**/*.ts'],
      rules: imports(noUpward, only([], 'The preload passes one port and imports nothing of ours.')),
    },
    {
      files: ['src/renderer/**/*.{ts,tsx}'],
      rules: imports(
        noUpward,
        only(['shared', 'renderer'], 'The page knows the desk only by the contract.'),
        noNode,
        noElectron,
      ),
    },
    {
      files: ['src/renderer/screens/**/*.{ts,tsx}'],
      rules: imports(
        noUpward,
        {
          regex: '^#renderer/screens/',
          message: 'Screens never import each other: what they share lives in renderer/ui.',
        },
        only(['shared', 'renderer'], 'The page knows the desk only by the contract.'),
        noNode,
        noElectron,
      ),
    },
    {
      files: [
        'src/main/cli.ts',
        'src/main/cli/**/*.ts',
        'src/main/headless.ts',
        'src/main/compose/host.ts',
        'scripts/**',
        'bench/**',
        'bin/**',
        'test/**',
      ],
      rules: { 'no-console': 'off' },
    },
    {
      files: ['**/*.test.ts', '**/*.test.tsx'],
      rules: { 'no-restricted-imports': 'off', 'no-restricted-properties': 'off', 'no-restricted-globals': 'off' },
    },
    { files: ['**/*.config.ts'], rules: { 'import/no-default-export': 'off' } },
  ],
})
