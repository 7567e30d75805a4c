import { app, Menu, type MenuItemConstructorOptions } from 'electron'

/** The application menu: the stop first, then what every application has. */
export function createMenu(actions: { readonly stop: () => void; readonly quit: () => void }): void {
  const developer: MenuItemConstructorOptions[] = app.isPackaged
    ? []
    : [{ type: 'separator' }, { role: 'toggleDevTools' }]
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      {
        label: 'Parley',
        submenu: [
          { label: 'Stop trading', click: actions.stop },
          { type: 'separator' },
          { role: 'about' },
          { type: 'separator' },
          { label: 'Quit Parley', accelerator: 'CommandOrControl+Q', click: actions.quit },
        ],
      },
      { role: 'editMenu' },
      {
        label: 'View',
        submenu: [
          { role: 'reload' },
          { type: 'separator' },
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { role: 'togglefullscreen' },
          ...developer,
        ],
      },
      { role: 'windowMenu' },
    ]),
  )
}
