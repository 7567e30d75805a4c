import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

// What the house asks of where things stand and what they are called, beyond what a linter can see in one file.

const root = join(import.meta.dirname, '../..')
const isTest = (path: string) => /\.test\.tsx?$/.test(path)

/** Everything in the source, as paths from the root of the repository. */
const files = globSync('src/**/*.{ts,tsx}', { cwd: root })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => !path.endsWith('.d.ts'))
  .sort()
const sources = files.filter((path) => !isTest(path))

/** Where tests are being moved to their sources just now. */
const underWay = 'src/main/engine/desk/'

/** The tests for whose first name there is no source in the same folder. */
function testsWithoutSource(paths: readonly string[], exists: (path: string) => boolean): readonly string[] {
  return paths.filter((path) => {
    const source = join(dirname(path), basename(path).split('.')[0] ?? '').replaceAll('\\', '/')
    return isTest(path) && !exists(`${source}.ts`) && !exists(`${source}.tsx`)
  })
}

/** The names that a file declares and gives to others under; one that is handed on from another file is declared there. */
function exportedNames(path: string, text: string): ReadonlySet<string> {
  const names = new Set<string>()
  const isExported = (node: ts.Statement) =>
    ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
  const nameOf = (name: ts.BindingName): readonly string[] =>
    ts.isIdentifier(name)
      ? [name.text]
      : name.elements.flatMap((element) => (ts.isBindingElement(element) ? nameOf(element.name) : []))
  for (const node of ts.createSourceFile(path, text, ts.ScriptTarget.Latest).statements) {
    if (ts.isExportDeclaration(node) && node.exportClause !== undefined && ts.isNamedExports(node.exportClause)) {
      const isHandedOn = ({ propertyName }: ts.ExportSpecifier) =>
        node.moduleSpecifier !== undefined && propertyName === undefined
      for (const each of node.exportClause.elements) if (!isHandedOn(each)) names.add(each.name.text)
    }
    if (!isExported(node)) continue
    if (ts.isVariableStatement(node))
      for (const { name } of node.declarationList.declarations) for (const one of nameOf(name)) names.add(one)
    else if (
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node)
    ) {
      if (node.name !== undefined) names.add(node.name.text)
    }
  }
  return names
}

/** The names that more than one file declares, each with these files. */
function declaredTwice(texts: ReadonlyMap<string, string>): readonly string[] {
  const places = new Map<string, string[]>()
  for (const [path, text] of texts) {
    for (const name of exportedNames(path, text)) places.set(name, [...(places.get(name) ?? []), path])
  }
  return [...places].filter(([, paths]) => paths.length > 1).map(([name, paths]) => `${name}: ${paths.join(', ')}`)
}

const aliases = Object.entries(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { imports: Record<string, string> }).imports,
).map(([alias, target]) => [alias.replace('*', ''), target.replace(/^\.\//, '').replace('*', '')] as const)

/** The files of the source that a file imports, types too. */
function importsOf(path: string, text: string): readonly string[] {
  return ts.preProcessFile(text, true, true).importedFiles.flatMap(({ fileName }) => {
    if (fileName.startsWith('./')) return join(dirname(path), fileName).replaceAll('\\', '/')
    const [alias, target] = aliases.find(([start]) => fileName.startsWith(start)) ?? []
    return alias === undefined ? [] : `${target}${fileName.slice(alias.length)}`
  })
}

const isLab = (path: string) => path.split('/').includes('lab') || path.startsWith('src/main/cli/lab')

/** Who outside the lab imports something of it; the table of commands may offer the lab's own. */
function importersOfLab(texts: ReadonlyMap<string, string>): readonly string[] {
  const isCommand = (path: string, imported: string) => path === 'src/main/cli.ts' && imported === 'src/main/cli/lab.ts'
  return [...texts].flatMap(([path, text]) =>
    isLab(path)
      ? []
      : importsOf(path, text)
          .filter((imported) => isLab(imported) && !isCommand(path, imported))
          .map((imported) => `${path} imports ${imported}`),
  )
}

const texts = new Map(sources.map((path) => [path, readFileSync(join(root, path), 'utf8')]))

describe('a test stands beside the source of its name, with a topic after it where there are more', () => {
  it('wherever there are tests', () => {
    const astray = testsWithoutSource(files, (path) => existsSync(join(root, path)))
    expect(astray.filter((path) => !path.startsWith(underWay))).toEqual([])
    // What is done leaves the rule no exception.
    expect(astray.filter((path) => path.startsWith(underWay))).not.toEqual([])
  })

  it('and one that does not is found', () => {
    const paths = ['a/x.test.ts', 'a/x.fees.test.ts', 'a/y.test.tsx', 'a/fees-of-x.test.ts', 'b/x.test.ts']
    const there = new Set(['a/x.ts', 'a/y.tsx', 'b/fees-of-x.ts'])
    expect(testsWithoutSource(paths, (path) => there.has(path))).toEqual(['a/fees-of-x.test.ts', 'b/x.test.ts'])
  })
})

describe('a name is given to others by one file', () => {
  it('in the whole source', () => {
    expect(texts.size).toBeGreaterThan(500)
    expect(declaredTwice(texts)).toEqual([])
  })

  it('and whatever is declared twice is found: what is declared, and what a list gives another name', () => {
    const one = `
      export interface A {}
      export type B = string
      export function c(): void
      export function c(x?: number): void {}
      export const d = 1, { e, f: [g] } = given
      export class H {}
      const i = 1
      export { i as j }
      export { k as l } from './elsewhere.ts'
    `
    const given = (name: string) => [...exportedNames(name, one)].sort()
    expect(given('one.ts')).toEqual(['A', 'B', 'H', 'c', 'd', 'e', 'g', 'j', 'l'])
    const others = ['A', 'B', 'c', 'd', 'e', 'g', 'H', 'j', 'l'].map((name) => `export const ${name} = 0`).join('\n')
    expect(
      declaredTwice(
        new Map([
          ['one.ts', one],
          ['two.ts', others],
        ]),
      ),
    ).toHaveLength(9)
    const handedOn = "export { A } from './one.ts'\nexport * from './one.ts'\nconst B = 1\nfunction c() {}"
    expect(
      declaredTwice(
        new Map([
          ['one.ts', one],
          ['two.ts', handedOn],
        ]),
      ),
    ).toEqual([])
  })
})

describe('what lies in a lab is on nobody’s path', () => {
  it('but the lab’s own commands', () => {
    expect(sources.filter(isLab).length).toBeGreaterThan(10)
    expect(importersOfLab(texts)).toEqual([])
  })

  it('and whoever else imports it is found, by alias or beside it, for a type alone too', () => {
    const lab = 'src/main/engine/trading/lab/routing.ts'
    const breaches = new Map([
      ['src/main/cli.ts', "import { labCommand } from './cli/lab.ts'"],
      ['src/main/cli/lab-route.ts', "import { route } from '#engine/trading/lab/routing.ts'"],
      [lab, "import { add } from './costs.ts'"],
      ['src/main/engine/trading/a.ts', "import type { Route } from '#engine/trading/lab/routing.ts'"],
      ['src/main/engine/trading/b.ts', "import { route } from './lab/routing.ts'"],
      ['src/main/engine/trading/c.ts', "export { route } from './lab/routing.ts'"],
      ['src/main/engine/trading/d.ts', "const lab = () => import('#engine/trading/lab/routing.ts')"],
      ['src/main/cli/tally.ts', "import { readLab } from './lab-files.ts'"],
    ])
    expect(importersOfLab(breaches)).toEqual([
      `src/main/engine/trading/a.ts imports ${lab}`,
      `src/main/engine/trading/b.ts imports ${lab}`,
      `src/main/engine/trading/c.ts imports ${lab}`,
      `src/main/engine/trading/d.ts imports ${lab}`,
      'src/main/cli/tally.ts imports src/main/cli/lab-files.ts',
    ])
  })
})
