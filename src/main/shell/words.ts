import type { Status, StopShortcut } from '#shared/contract/system.ts'

/** The stop, from anywhere: no other application uses this chord by default, and no single slip presses it. */
export const stopAccelerator = 'CommandOrControl+Alt+Shift+H'

/** What the tray and the window's title say: mode and state in words. */
export function stateLine(status: Status): string {
  const mode = status.mode === 'paper' ? 'PAPER' : 'LIVE'
  return `${mode} · ${status.latch.state}`
}

/** Whether the stop shortcut works, in the words of the menus. */
export function shortcutLine(shortcut: StopShortcut): string {
  switch (shortcut.state) {
    case 'armed':
      return `Stop shortcut armed: ${shortcut.accelerator}`
    case 'not armed':
      return `Stop shortcut NOT armed: ${shortcut.accelerator} is taken`
    case 'not available':
      return 'Stop shortcut not available here'
  }
}

/** Where the shell says what happened to it. */
export type Log = (message: string, details?: unknown) => void
