import { createElectron } from '#test/fakes/electron.ts'
import { openBrowser } from './browser.ts'
import { answerTests } from './controls.ts'

// A stand-in for Electron, for machines where its binary cannot be had: the fake of the shell's tests with a real
// Chromium behind BrowserWindow. It proves the built app's wiring, file names, order of starting, policy and preload;
// it proves nothing of Electron's own sandbox, IPC, tray, shortcuts or packaging.
console.error('This is a stand-in for Electron, not Electron.')

const browser = openBrowser()
const electron = createElectron(browser.pages)
browser.connect(electron)
answerTests(electron, browser)
electron.app.on('exited', (code: number) => {
  void browser.close().finally(() => process.exit(code))
})

/** What a dialog says is over with the process; so it is printed too. */
export const dialog = {
  ...electron.dialog,
  showErrorBox(title: string, content: string) {
    console.error(`error box: ${title}: ${content}`)
    electron.dialog.showErrorBox(title, content)
  },
}
export const { app, BrowserWindow, globalShortcut, ipcMain, Menu } = electron
export const { nativeImage, powerMonitor, protocol, safeStorage, session, shell, Tray } = electron
