import { fork } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rehearsalEnvironment } from '#test/builders/test-time.ts'
import { findChromium } from './chromium.ts'
import { callOnPort, type DesktopApp, describeDesktop } from './desktop.ts'
import type { Ask } from './stand-in/controls.ts'

const root = resolve(import.meta.dirname, '../..')
const main = join(root, 'out/main/index.js')

interface StandInApp extends DesktopApp {
  ask(what: Ask): Promise<unknown>
  trace(): Promise<string[]>
  readonly exited: Promise<number | null>
  output(): string
}

function startApp(home: string) {
  return fork(main, ['--home', home], {
    cwd: root,
    env: { ...process.env, ...rehearsalEnvironment() },
    execArgv: ['--import', join(import.meta.dirname, 'stand-in/register.ts')],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
}

async function launch(): Promise<StandInApp> {
  const home = mkdtempSync(join(tmpdir(), 'parley-desktop-'))
  const child = startApp(home)
  let output = ''
  child.stdout?.on('data', (chunk) => (output += chunk))
  child.stderr?.on('data', (chunk) => (output += chunk))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const waiting = new Map<number, (reply: { result?: unknown; error?: string }) => void>()
  child.on('message', (reply: { id: number; result?: unknown; error?: string }) => waiting.get(reply.id)?.(reply))
  void exited.then((code) => {
    for (const settle of waiting.values()) settle({ error: `The app ended with ${code}.\n${output}` })
  })
  let count = 0
  async function ask(what: Ask): Promise<unknown> {
    const id = ++count
    const reply = new Promise<{ result?: unknown; error?: string }>((settle) => waiting.set(id, settle))
    child.send({ id, ...what })
    const { result, error } = await reply
    waiting.delete(id)
    if (error !== undefined) throw new Error(error)
    return result
  }

  const app: StandInApp = {
    origin: 'https://parley.stand-in.invalid',
    exited,
    ask,
    output: () => output,
    evaluate: (code) => ask({ ask: 'evaluate', code }),
    press: async (label) => void (await ask({ ask: 'press', label })),
    windows: async () => Number(await ask({ ask: 'windows' })),
    trace: async () => (await ask({ ask: 'trace' })) as string[],
    async quit() {
      if (child.exitCode === null) await ask({ ask: 'quit' }).catch(() => {})
      await exited
      rmSync(home, { recursive: true, force: true })
    },
  }
  for (let state: unknown; state !== 'complete'; ) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    state = await app
      .evaluate(`location.protocol === 'about:' || document.readyState`)
      .catch((error: unknown) => failWhenEnded(error))
  }
  return app
}

function failWhenEnded(error: unknown): string {
  if (String(error).includes('The app ended')) throw error
  return 'no page'
}

const missing = !existsSync(main) || !existsSync(join(root, 'out/renderer/index.html'))
const reason = missing ? 'out/ is not built (npm run build)' : findChromium() === undefined ? 'no Chromium' : undefined

if (reason === undefined) {
  describeDesktop('the built desktop app on a stand-in for Electron', launch)

  describe('the built desktop app on a stand-in for Electron, its beginning and end', () => {
    it('starts in order, says that it is a stand-in, and ends cleanly', async () => {
      const app = await launch()
      expect(app.output()).toContain('This is a stand-in for Electron, not Electron.')
      expect((await app.trace()).slice(0, 5)).toEqual(['lock', 'sandbox', 'schemes', 'ready', 'window'])
      await app.evaluate(`void (location.href = 'https://evil.example/')`)
      await expect.poll(() => app.trace()).toContain('navigation to https://evil.example/ prevented')
      await app.quit()
      expect(await app.exited).toBe(0)
    })

    it('a home that is a file is refused in a dialog, with a code and a way out', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'parley-desktop-'))
      const home = join(folder, 'a-file')
      writeFileSync(home, '')
      const child = startApp(home)
      let output = ''
      child.stdout?.on('data', (chunk) => (output += chunk))
      child.stderr?.on('data', (chunk) => (output += chunk))
      const code = await new Promise((resolve) => child.once('close', resolve))
      rmSync(folder, { recursive: true })
      expect(output).toContain(`error box: Parley could not start: The data folder ${home} cannot be written`)
      expect(output).toContain('start with another folder')
      expect(output).toContain('HOME_NOT_WRITABLE')
      expect(code).toBe(1)
    })

    it('KS-17 the shortcut stops trading while the page is frozen by the system', async () => {
      const app = await launch()
      expect(await app.ask({ ask: 'signal', signal: 'SIGSTOP' })).toBeGreaterThan(0)
      // It does not thaw before the stop has come about.
      await app.ask({ ask: 'shortcut' })
      expect(await app.ask({ ask: 'tray' })).toContain('HALTED')
      await app.ask({ ask: 'signal', signal: 'SIGCONT' })
      expect(await app.evaluate(callOnPort('/system/status'))).toMatchObject({
        p: {
          b: {
            json: {
              latch: { state: 'HALTED', reason: 'Stopped by the shortcut' },
              stopShortcut: { state: 'armed', accelerator: expect.stringContaining('Shift+H') },
            },
          },
        },
      })
      await app.quit()
    })

    it('EL-1 a page whose process dies comes back, and the desk has not moved', async () => {
      const app = await launch()
      await app.ask({ ask: 'shortcut' })
      await app.evaluate('void (window.beforeTheCrash = true)')
      await app.ask({ ask: 'signal', signal: 'SIGKILL' })
      const reborn = `window.beforeTheCrash === undefined && document.title`
      await expect.poll(() => app.evaluate(reborn).catch(() => '')).toContain('Parley')
      expect(await app.ask({ ask: 'tray' })).toContain('HALTED')
      expect(await app.windows()).toBe(1)
      await app.quit()
    })
  })
} else {
  describe('the built desktop app on a stand-in for Electron', () => it.skip(`starts (${reason})`, () => {}))
}
