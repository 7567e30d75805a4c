import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron } from 'playwright-core'
import { describe, it } from 'vitest'
import { rehearsalEnvironment } from '#test/builders/test-time.ts'
import { findElectron } from '../../scripts/electron-binary.ts'
import { type DesktopApp, describeDesktop } from './desktop.ts'

const root = resolve(import.meta.dirname, '../..')

async function launch(executablePath: string): Promise<DesktopApp> {
  const home = mkdtempSync(join(tmpdir(), 'parley-desktop-'))
  const args = [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root, '--home', home]
  const app = await _electron.launch({
    executablePath,
    args,
    cwd: root,
    env: { ...process.env, ...rehearsalEnvironment() },
  })
  const page = await app.firstWindow()
  await page.waitForLoadState('load')
  return {
    origin: 'app://parley',
    evaluate: (code) => page.evaluate(code),
    press: (label) =>
      app.evaluate(({ Menu }, wanted) => {
        const items = Menu.getApplicationMenu()?.items.flatMap((item) => item.submenu?.items ?? []) ?? []
        items.find((item) => item.label === wanted)?.click()
      }, label),
    windows: () =>
      app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().filter((window) => window.isVisible()).length),
    async quit() {
      await app.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

const electron = findElectron()
const noDisplay = process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']
const reason =
  electron === undefined
    ? "Electron's binary is not on this machine"
    : noDisplay
      ? 'there is no display'
      : existsSync(join(root, 'out/main/index.js'))
        ? undefined
        : 'out/ is not built (npm run build)'

if (electron !== undefined && reason === undefined)
  describeDesktop('the built desktop app on Electron', () => launch(electron))
else describe('the built desktop app on Electron', () => it.skip(`starts (${reason})`, () => {}))
