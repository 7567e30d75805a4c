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

export const { app, BrowserWindow, dialog, globalShortcut, ipcMain, Menu } = electron
export const { nativeImage, powerMonitor, protocol, session, shell, Tray } = electron
