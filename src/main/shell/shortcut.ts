import { globalShortcut } from 'electron'
import { stopAccelerator } from './words.ts'

export interface StopShortcut {
  readonly accelerator: string
  /** False when another program holds it or the system has not consented. */
  readonly armed: boolean
}

/**
 * Arms the global stop shortcut (EL-2). Registration can fail silently, so both its answer and what the system says
 * afterwards count. Calling it again arms it again, for instance after sleep.
 */
export function armStopShortcut(stop: () => void): StopShortcut {
  globalShortcut.unregister(stopAccelerator)
  let registered = false
  try {
    registered = globalShortcut.register(stopAccelerator, stop)
  } catch {
    // Some desktops throw where others answer false.
  }
  return { accelerator: stopAccelerator, armed: registered && globalShortcut.isRegistered(stopAccelerator) }
}
