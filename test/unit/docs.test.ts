import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const documents = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root })]
  .map((path) => path.replaceAll('\\', '/'))
  .sort()
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const sourceNames = new Set(
  globSync('{src,scripts,bench,test}/**/*.{ts,tsx}', { cwd: root })
    .concat(globSync('*.ts', { cwd: root }))
    .map((path) => basename(path)),
)

/** A document without its blocks of code, in which brackets are no links. */
const prose = (path: string) => read(path).replaceAll(/^ *```[\s\S]*?^ *```/gm, '')

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].flatMap(([, found]) => found ?? [])
}

/** The places in a document that a link can lead to, as GitHub names them. */
function anchors(path: string): string[] {
  return all(prose(path), /^#+ (.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function folders(path: string): string[] {
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}

describe.each(documents)('%s', (path) => {
  it('links to what is there', () => {
    const links = all(prose(path), /\]\(([^)\s]+)\)/g).filter((link) => !/^[a-z]+:/.test(link))
    const broken = links.filter((link) => {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : relative(root, join(root, dirname(path), file)).replaceAll('\\', '/')
      return !existsSync(join(root, target)) || (anchor !== undefined && !anchors(target).includes(anchor))
    })
    expect(broken).toEqual([])
  })

  it('names files that are there', () => {
    const names = all(prose(path), /`(\w[\w.-]*(?:\/[\w.-]+)+\.(?:ts|tsx|cjs|mjs|json|yaml|csv))`/g)
    const bases = ['', 'src', 'src/main', 'src/main/engine']
    expect(names.filter((name) => !bases.some((base) => existsSync(join(root, base, name))))).toEqual([])
  })

  it('names files of the source by names that are there', () => {
    const names = all(prose(path), /`([a-z][a-z0-9-]*\.tsx?)`/g)
    expect(names.filter((name) => !sourceNames.has(name))).toEqual([])
  })

  it('names commands that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
    const commands = all(read(path), /\bnpm (?:run )?([a-z]+)/g).filter((command) => command !== 'ci')
    expect(commands.filter((command) => scripts[command] === undefined)).toEqual([])
  })

  it('speaks of no place on somebody else’s machine', () => {
    expect(all(read(path), /(\/(?:home|root|work|Users)\/[\w.-]+)/g)).toEqual([])
  })
})

it('the architecture names every room of the source', () => {
  const rooms = [
    ...folders('src').filter((folder) => folder !== 'main' && folder !== 'shared'),
    ...folders('src/shared').map((folder) => `shared/${folder}`),
    ...folders('src/main').filter((folder) => folder !== 'engine' && folder !== 'adapters'),
    ...folders('src/main/engine').map((folder) => `engine/${folder}`),
    ...folders('src/main/adapters').map((folder) => `adapters/${folder}`),
  ]
  const [, table = ''] = read('docs/architecture.md').split('## The rooms')
  expect(rooms.filter((room) => !table.includes(`\`${room}\``))).toEqual([])
})

it('the README stays short, and shows pictures of the size of a screen', () => {
  expect(read('README.md').split('\n').length).toBeLessThan(150)
  const images = all(read('README.md'), /!\[[^\]]+\]\(([^)]+)\)/g)
  expect(images).not.toEqual([])
  for (const image of images) {
    const png = readFileSync(join(root, image))
    expect([png.readUInt32BE(16), png.readUInt32BE(20)], image).toEqual([1440, 900])
  }
})
