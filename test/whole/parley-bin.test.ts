import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

// Says what it was given, then ends as it is told.
const program = `
const [, , ...args] = process.argv
console.log(JSON.stringify({ args, node: process.versions.node }))
if (args[0] === 'exit') process.exit(Number(args[1]))
if (args[0] === 'wait') {
  process.on('SIGTERM', () => process.exit(7))
  setInterval(() => {}, 1000)
}
if (args[0] === 'hang') setInterval(() => {}, 1000)
`

describe('the parley command', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-bin-'))
    mkdirSync(join(folder, 'bin'))
    mkdirSync(join(folder, 'out/main'), { recursive: true })
    cpSync(join(root, 'bin/parley.mjs'), join(folder, 'bin/parley.mjs'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function parley(...args: string[]): { child: ChildProcess; firstLine: Promise<string>; ended: Promise<unknown> } {
    const child = spawn(process.execPath, [join(folder, 'bin/parley.mjs'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const firstLine = new Promise<string>((resolve) => {
      let text = ''
      const read = (chunk: Buffer) => {
        text += chunk
        if (text.includes('\n')) resolve(text.split('\n', 1)[0] ?? '')
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
    })
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)))
    return { child, firstLine, ended }
  }

  it('says that it is not built where there is nothing to run', async () => {
    const { firstLine, ended } = parley()
    expect(await firstLine).toContain('NOT_BUILT')
    expect(await ended).toBe(1)
  })

  it('runs the built file of an installed package, on the pinned Node, with its arguments', async () => {
    writeFileSync(join(folder, 'out/main/cli.js'), program)
    const { firstLine, ended } = parley('exit', '3')
    expect(JSON.parse(await firstLine)).toEqual({ args: ['exit', '3'], node: '24.21.0' })
    expect(await ended).toBe(3)
  })

  it('prefers the sources in a checkout', async () => {
    mkdirSync(join(folder, 'src/main'), { recursive: true })
    writeFileSync(join(folder, 'src/main/cli.ts'), `const source: string = 'source'\nconsole.log(source)\n${program}`)
    expect(await parley('exit', '0').firstLine).toBe('source')
  })

  it('passes signals on and ends as its child ended', async () => {
    const polite = parley('wait')
    await polite.firstLine
    await new Promise((resolve) => setTimeout(resolve, 100))
    polite.child.kill('SIGTERM')
    expect(await polite.ended).toBe(7)
    const hung = parley('hang')
    await hung.firstLine
    await new Promise((resolve) => setTimeout(resolve, 100))
    hung.child.kill('SIGINT')
    expect(await hung.ended).toBe('SIGINT')
  })
})
