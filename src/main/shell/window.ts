import { app, BrowserWindow, dialog } from 'electron'
import { ownAddress } from './addresses.ts'
import { securePreferences } from './security.ts'
import type { Log } from './words.ts'

export interface WindowOptions {
  readonly preload: string
  /** The window is about to close; return false to keep it for now. */
  mayClose(window: BrowserWindow): boolean
  readonly log: Log
}

const crashesInARow = 3
const crashSpanMs = 60_000

/** The one window. It comes and goes; the desk does not depend on it (EL-1). */
export function createWindows(options: WindowOptions): { show(): void; current(): BrowserWindow | undefined } {
  let current: BrowserWindow | undefined
  let crashes: number[] = []

  function open(): BrowserWindow {
    const window = new BrowserWindow({
      title: 'Parley',
      width: 1_440,
      height: 900,
      minWidth: 960,
      minHeight: 600,
      show: false,
      backgroundColor: '#0d1014',
      webPreferences: securePreferences(options.preload),
    })
    window.once('ready-to-show', () => window.show())
    window.on('close', (event) => {
      if (!options.mayClose(window)) event.preventDefault()
    })
    window.on('closed', () => {
      if (current === window) current = undefined
    })
    window.on('unresponsive', () => void offerReload(window, options))
    window.webContents.on('render-process-gone', (_event, details) => {
      options.log('The page is gone; the desk goes on.', details)
      if (details.reason === 'clean-exit' || window.isDestroyed()) return
      const now = performance.now()
      crashes = [...crashes.filter((at) => now - at < crashSpanMs), now]
      if (crashes.length < crashesInARow) void load(window, options)
      else void offerReload(window, options)
    })
    void load(window, options)
    return window
  }

  return {
    current: () => current,
    show() {
      if (current === undefined) {
        // It shows itself when it has something to show.
        current = open()
        return
      }
      if (current.isMinimized()) current.restore()
      current.show()
      current.focus()
    },
  }
}

/** Logs the processes that Chromium loses beside the page's (GPU, network); the desk needs none of them. */
export function watchChildProcesses(log: Log): void {
  app.on('child-process-gone', (_event, details) => log('A helper process is gone; the desk goes on.', details))
}

async function load(window: BrowserWindow, { log }: WindowOptions): Promise<void> {
  try {
    await window.loadURL(ownAddress)
  } catch (error) {
    if (window.isDestroyed()) return
    log('The page could not be loaded.', error)
    window.show()
  }
}

async function offerReload(window: BrowserWindow, options: WindowOptions): Promise<void> {
  options.log('The page does not answer; the desk goes on.')
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message: 'The window does not answer. The desk keeps running.',
    detail: 'You can stop trading from the tray, by the shortcut, or with "parley stop" in a terminal.',
    buttons: ['Wait', 'Reload the window'],
    defaultId: 1,
    cancelId: 0,
  })
  if (response !== 1 || window.isDestroyed()) return
  window.webContents.forcefullyCrashRenderer()
  await load(window, options)
}
