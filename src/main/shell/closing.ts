import { readFileSync, writeFileSync } from 'node:fs'
import { type BrowserWindow, dialog } from 'electron'

type Choice = 'keep running' | 'quit'

/**
 * What closing the window means: asked once, then remembered in the given file (EL-5). The desk never stops by the way,
 * and never keeps trading unnoticed.
 */
export function createClosing(file: string, quit: () => void) {
  let asking = false

  async function ask(window: BrowserWindow): Promise<void> {
    if (asking) return
    asking = true
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: 'Closing the window does not stop the desk.',
      detail: 'It can keep running in the tray, or Parley can quit. Your answer is remembered.',
      buttons: ['Keep running', 'Quit Parley', 'Cancel'],
      defaultId: 0,
      cancelId: 2,
    })
    asking = false
    if (response === 2) return
    writeFileSync(file, JSON.stringify({ closing: response === 0 ? 'keep running' : 'quit' }))
    if (response === 0) window.destroy()
    else quit()
  }

  /** True when the window may close now; otherwise the person was asked, or the app quits. */
  return (window: BrowserWindow): boolean => {
    const choice = remembered(file)
    if (choice === 'keep running') return true
    if (choice === 'quit') quit()
    else void ask(window)
    return false
  }
}

function remembered(file: string): Choice | undefined {
  try {
    const { closing } = JSON.parse(readFileSync(file, 'utf8'))
    return closing === 'keep running' || closing === 'quit' ? closing : undefined
  } catch {
    return undefined
  }
}
