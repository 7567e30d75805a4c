import type { MenuItemConstructorOptions } from 'electron'
import type { createElectron } from '#test/fakes/electron.ts'
import type { StandInBrowser } from './browser.ts'

/** What a test asks of the app that runs on the stand-in. */
export type Ask =
  | { readonly ask: 'evaluate'; readonly code: string }
  | { readonly ask: 'press'; readonly label: string }
  | { readonly ask: 'shortcut' }
  | { readonly ask: 'tray' }
  | { readonly ask: 'signal'; readonly signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL' }
  | { readonly ask: 'trace' }
  | { readonly ask: 'windows' }
  | { readonly ask: 'quit' }

/** Answers the tests over the channel to the parent process. */
export function answerTests(electron: ReturnType<typeof createElectron>, browser: StandInBrowser): void {
  const { controls } = electron

  async function answer(ask: Ask): Promise<unknown> {
    switch (ask.ask) {
      case 'evaluate': {
        const window = controls.windows.find((candidate) => !candidate.isDestroyed())
        const page = window && browser.page(window)
        if (page === undefined) throw new Error('There is no page yet.')
        return page.evaluate(ask.code)
      }
      case 'press': {
        const items = controls.menu.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []))
        const item = items.find(({ label }: MenuItemConstructorOptions) => label === ask.label)
        if (item?.click === undefined) throw new Error(`There is no menu item "${ask.label}".`)
        return item.click(undefined as never, undefined, undefined as never)
      }
      case 'shortcut':
        for (const press of controls.shortcuts.values()) press()
        return undefined
      case 'tray':
        return controls.trays[0]?.tooltip
      case 'signal': {
        // The processes are the stand-in's own Chromium's.
        const renderers = await browser.renderers()
        for (const id of renderers) process.kill(id, ask.signal)
        return renderers.length
      }
      case 'trace':
        return controls.trace
      case 'windows':
        return controls.windows.filter((window) => window.visible && !window.isDestroyed()).length
      case 'quit':
        return electron.app.quit()
    }
  }

  // A test that is gone leaves no browser behind.
  process.on('disconnect', () => electron.app.exit(1))
  process.on('message', ({ id, ...ask }: Ask & { id: number }) => {
    answer(ask as Ask).then(
      (result) => process.send?.({ id, result }),
      (error: unknown) => process.send?.({ id, error: String(error) }),
    )
  })
}
