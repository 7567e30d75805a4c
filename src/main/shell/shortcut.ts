import { globalShortcut } from 'electron'
import type { StopShortcut } from '#shared/contract/system.ts'
import { stopAccelerator } from './words.ts'

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
  const isArmed = registered && globalShortcut.isRegistered(stopAccelerator)
  return { state: isArmed ? 'armed' : 'not armed', accelerator: stopAccelerator }
}
