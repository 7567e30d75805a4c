import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rehearsalEnvironment } from '#test/builders/test-time.ts'

const root = resolve(import.meta.dirname, '../..')
const built = existsSync(join(root, 'out/main/headless.js'))

describe.skipIf(!built)('npm start (skipped where out/ is not built)', () => {
  let home: string
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'parley-start-'))
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  async function start(env: Record<string, string>): Promise<{ output: string; code: number | null }> {
    // No PATH: nothing on this machine may open a browser.
    const child = spawn(process.execPath, [join(root, 'scripts/start.ts'), '--port', '0', '--home', home], {
      env: { ...env, ...rehearsalEnvironment(), HOME: home, PATH: '/nonexistent' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    let ended = false
    const read = (chunk: Buffer) => {
      output += chunk
      if (ended || !output.includes('Open this address in a browser.\n')) return
      // Once only: a second signal ends the host at once, with 1.
      ended = true
      child.kill('SIGTERM')
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { output, code }
  }

  it('serves the desk where no window is wanted, says so in one line, and ends cleanly', async () => {
    const { output, code } = await start({ PARLEY_HEADLESS: '1' })
    expect(output).toContain('No desktop window: PARLEY_HEADLESS is set. The same desk opens in a browser.\n')
    expect(output).toMatch(/Parley is open at http:\/\/127\.0\.0\.1:\d+\/\?token=\S+\n/)
    expect(code).toBe(0)
  })

  it.runIf(process.platform === 'linux')('serves the desk where there is no display', async () => {
    expect((await start({})).output).toContain('No desktop window: there is no display.')
  })

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'never gives up the sandbox to run as root',
    async () => {
      expect((await start({ DISPLAY: ':99' })).output).toContain('No desktop window: Electron does not run as root')
    },
  )
})
