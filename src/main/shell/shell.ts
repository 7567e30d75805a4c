import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { app, dialog, ipcMain, type MessagePortMain, powerMonitor, type WebContents } from 'electron'
import type { Status, StopShortcut } from '#shared/contract/system.ts'
import type { Stop } from '#shared/lib/clock.ts'
import { errorCode, errorMessage, ParleyError } from '#shared/lib/error.ts'
import { systemCipher } from './cipher.ts'
import { createClosing } from './closing.ts'
import { createMenu } from './menu.ts'
import { handleQuitting } from './quitting.ts'
import { applySecurity, isFromOwnPage, type PageSource, registerSecurity } from './security.ts'
import { armStopShortcut } from './shortcut.ts'
import { createTray } from './tray.ts'
import { createWindows, watchChildProcesses } from './window.ts'
import type { Log } from './words.ts'

/** What the shell is handed: the desk as far as windows, trays and shortcuts need it. */
export interface ShellDesk {
  halt(reason: string): void
  stop(why: string): Promise<void>
  /** Told whether the global stop shortcut works, at the start and whenever it was armed again. */
  shortcutIs(shortcut: StopShortcut): void
  status(): Status
  onStatus(listener: (status: Status) => void): Stop
  /** Answers the page's calls on a port. */
  serve(port: MessagePortMain): Stop
  /** Open positions and working orders, a line each. */
  exposure(): Promise<readonly string[]>
  readonly page: PageSource
}

export interface ShellOptions {
  /** The folder of the desk's data; two apps never share one. */
  readonly home: string
  /** The path of the built preload script. */
  readonly preload: string
  /** Makes the data folder ready; what it throws is shown to the person. */
  prepare(): Prepared
}

/** What the shell can do once the data folder is ready. */
export interface Prepared {
  readonly openDesk: (cipher: ReturnType<typeof systemCipher>) => Promise<ShellDesk>
  readonly log: Log
}

/**
 * Runs the desktop app. Returns at once: Electron becomes ready only after the entry module has been evaluated, so
 * nothing here may be awaited at its top level.
 */
export function runShell(options: ShellOptions): void {
  let prepared: Prepared
  try {
    prepared = options.prepare()
    const userData = join(options.home, 'window')
    mkdirSync(userData, { recursive: true })
    app.setPath('userData', userData)
  } catch (error) {
    void app.whenReady().then(() => giveUp(error))
    return
  }
  if (!app.requestSingleInstanceLock()) {
    app.exit(0)
    return
  }
  if (process.platform === 'linux') app.commandLine.appendSwitch('enable-features', 'GlobalShortcutsPortal')
  registerSecurity()
  void app
    .whenReady()
    .then(() => open(options, prepared))
    .catch((error: unknown) => {
      prepared.log('Parley could not start.', error)
      giveUp(error)
    })
}

/** Says in a dialog why the app cannot start, by its code, and ends it. */
function giveUp(error: unknown): void {
  const wayOut = error instanceof ParleyError ? error.wayOut : undefined
  const words = [errorMessage(error), wayOut, errorCode(error)]
  dialog.showErrorBox('Parley could not start', words.filter(Boolean).join('\n\n'))
  app.exit(1)
}

async function open(options: ShellOptions, prepared: Prepared): Promise<void> {
  const { log } = prepared
  const desk = await prepared.openDesk(systemCipher())
  applySecurity(desk.page)

  const quit = () => app.quit()
  const stop = (by: string) => () => desk.halt(`Stopped by ${by}`)
  const quitting = handleQuitting({ exposure: () => desk.exposure(), stop: (why) => desk.stop(why), log })
  const windows = createWindows({
    preload: options.preload,
    mayClose: createClosing(join(options.home, 'window', 'closing.json'), quit),
    log,
  })

  servePages(desk, log)
  watchChildProcesses(log)
  app.on('second-instance', () => windows.show())
  app.on('activate', () => windows.show())

  let shortcut = armShortcut()
  if (shortcut.state !== 'armed')
    log('The stop shortcut is not armed: another program holds it, or the desktop did not consent.')
  createMenu({ stop: stop('the menu'), quit })
  const tray = openTray()

  powerMonitor.on('suspend', () => desk.halt('The computer went to sleep'))
  powerMonitor.on('resume', () => {
    shortcut = armShortcut()
    tray?.refresh()
  })
  // The event is there at run time and missing from the type: preventing it asks the system for a moment to stop in.
  const onShutdown = (event: { preventDefault(): void }) => {
    event.preventDefault()
    void quitting.finish('The computer is shutting down')
  }
  powerMonitor.on('shutdown', onShutdown as () => void)
  windows.show()

  function armShortcut(): StopShortcut {
    const armed = armStopShortcut(stop('the shortcut'))
    desk.shortcutIs(armed)
    return armed
  }

  function openTray() {
    try {
      return createTray({
        stop: stop('the tray'),
        open: () => windows.show(),
        quit,
        status: () => desk.status(),
        onStatus: (listener) => desk.onStatus(listener),
        shortcut: () => shortcut,
      })
    } catch (error) {
      log('This desktop has no tray; the shortcut, the window and the command line can stop trading.', error)
      return undefined
    }
  }
}

/** Gives each page one port at a time: a page that asks again, after a reload or a lost port, gets the only one. */
function servePages(desk: ShellDesk, log: Log): void {
  const served = new WeakMap<WebContents, Stop>()
  ipcMain.on('parley-port', (event) => {
    const [port] = event.ports
    if (port === undefined || !isFromOwnPage(event)) {
      log('A port was offered by a page that is not ours; it was closed.')
      for (const offered of event.ports) offered.close()
      return
    }
    served.get(event.sender)?.()
    served.set(event.sender, desk.serve(port))
  })
}
