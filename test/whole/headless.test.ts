import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { JournalRecord } from '#shared/domain/journal.ts'
import { rehearsalEnvironment } from '#test/builders/test-time.ts'
import { chromiumFlags, findChromium } from '#test/e2e/chromium.ts'

const root = resolve(import.meta.dirname, '../..')
const built = join(root, 'out/main/headless.js')
const executablePath = findChromium()

describe.skipIf(!existsSync(built))('the built headless host (skipped where out/ is not built)', () => {
  let home: string
  const started: ChildProcess[] = []
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'parley-headless-'))
  })
  afterEach(async () => {
    for (const child of started.splice(0)) if (child.exitCode === null) await ended(child, 'SIGKILL')
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  const start = (...args: string[]) => startIn(rehearsalEnvironment(), ...args)

  async function startIn(environment: Readonly<Record<string, string>>, ...args: string[]) {
    const child = spawn(process.execPath, [built, '--home', home, ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    started.push(child)
    let output = ''
    const address = await new Promise<string | undefined>((resolve) => {
      const read = (chunk: Buffer) => {
        output += chunk
        const found = /Parley is open at (\S+)\n/.exec(output)?.[1]
        if (found !== undefined) resolve(found)
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
      child.once('close', () => resolve(undefined))
    })
    return { child, address, output: () => output }
  }

  it('prints the address that lets a browser in, answers there, and ends cleanly when asked', async () => {
    const { child, address, output } = await start('--port', '0')
    if (address === undefined) throw new Error(output())
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(303)
    const token = new URL(address).searchParams.get('token') ?? ''
    expect(token.length).toBeGreaterThanOrEqual(32)
    const status = await fetch(new URL('/api/status', address), { headers: { authorization: `Bearer ${token}` } })
    expect(await status.json()).toMatchObject({ mode: 'paper' })
    expect(await ended(child, 'SIGTERM')).toBe(0)
  })

  it('says of a rehearsal that it is one, first thing, and is no desk in use afterwards', async () => {
    const { child, address, output } = await start('--port', '0')
    if (address === undefined) throw new Error(output())
    expect(output()).toMatch(/^This is a rehearsal: PARLEY_REHEARSAL began its clock at /)
    const token = new URL(address).searchParams.get('token') ?? ''
    const records = await fetch(new URL('/api/journal?after=0&limit=1000', address), {
      headers: { authorization: `Bearer ${token}` },
    })
    const started = ((await records.json()) as JournalRecord[]).filter(({ kind }) => kind === 'deskStarted')
    expect(started.at(-1)?.reason).toContain('This is a rehearsal')
    expect(await ended(child, 'SIGTERM')).toBe(0)
    const inUse = await startIn({}, '--port', '0')
    expect(inUse.output()).toMatch(/^REHEARSAL_MIXED: /)
  })

  it.skipIf(executablePath === undefined)(
    'shows its page to a browser that has the address, under its policy',
    async () => {
      const { address, output } = await start('--port', '0')
      if (address === undefined || executablePath === undefined) throw new Error(output())
      const browser = await chromium.launch({ executablePath, args: chromiumFlags })
      try {
        const page = await browser.newPage()
        const violations: string[] = []
        page.on('console', (message) => {
          if (message.text().includes('Content Security Policy')) violations.push(message.text())
        })
        await page.goto(address)
        expect(page.url()).not.toContain('token')
        expect(await page.title()).toContain('Parley')
        const socket = `new Promise((resolve) => {
        const socket = new WebSocket('ws://' + location.host + '/rpc')
        socket.onopen = () => socket.send(JSON.stringify({ i: '1', p: { u: '/system/status', b: {} } }))
        socket.onmessage = ({ data }) => resolve(JSON.parse(data))
        socket.onclose = () => resolve('closed')
      })`
        expect(await page.evaluate(socket)).toMatchObject({ i: '1', p: { b: { json: { mode: 'paper' } } } })
        expect(violations).toEqual([])
      } finally {
        await browser.close()
      }
    },
  )

  it('says which port is in use and how to go on', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => other.once('listening', resolve))
    const { port } = other.address() as AddressInfo
    const { address, output, child } = await start('--port', String(port))
    other.close()
    expect(address).toBeUndefined()
    expect(output()).toContain(`PORT_IN_USE: Port ${port}`)
    expect(output()).toContain('--port')
    expect(child.exitCode).toBe(1)
  })

  it('refuses a port that is none', async () => {
    expect((await start('--port', 'desk')).output()).toContain('PORT_INVALID')
  })
})

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.kill(signal)
  return code
}
