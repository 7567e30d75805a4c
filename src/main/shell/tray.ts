import { Menu, nativeImage, Tray } from 'electron'
import type { Status, StopShortcut } from '#shared/contract/system.ts'
import type { Stop } from '#shared/lib/clock.ts'
import { drawState } from './state-icon.ts'
import { shortcutLine, stateLine } from './words.ts'

export interface TrayActions {
  readonly stop: () => void
  readonly open: () => void
  readonly quit: () => void
  status(): Status
  onStatus(listener: (status: Status) => void): Stop
  shortcut(): StopShortcut
}

const size = 32

/** The desk in the tray: its state by shape and words, Stop, Open, Quit. Throws where the desktop has no tray. */
export function createTray(actions: TrayActions): { refresh(): void; destroy(): void } {
  const image = (status: Status) =>
    nativeImage.createFromBitmap(Buffer.from(drawState(status.latch.state, size)), {
      width: size,
      height: size,
      scaleFactor: 2,
    })
  const tray = new Tray(image(actions.status()))
  let shown = ''
  const refresh = (status = actions.status()) => {
    const state = stateLine(status)
    const shortcut = shortcutLine(actions.shortcut())
    if (shown === state + shortcut) return
    shown = state + shortcut
    tray.setImage(image(status))
    tray.setToolTip(`Parley · ${state}`)
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: state, enabled: false },
        { label: shortcut, enabled: false },
        { type: 'separator' },
        { label: 'Stop trading', click: actions.stop },
        { label: 'Open Parley', click: actions.open },
        { type: 'separator' },
        { label: 'Quit', click: actions.quit },
      ]),
    )
  }
  refresh()
  tray.on('click', actions.open)
  const forget = actions.onStatus(refresh)
  return {
    refresh: () => refresh(),
    destroy() {
      forget()
      tray.destroy()
    },
  }
}
