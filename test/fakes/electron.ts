import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import type Electron from 'electron'

/** What a test does to, and reads from, the fake: the hands and eyes of the person at the machine. */
interface ElectronControls {
  /** What happened, in order: `ready`, `lock`, `window`, `exit 0`, ... */
  readonly trace: string[]
  readonly dialogs: Electron.MessageBoxOptions[]
  /** The button that the person presses at the next dialogs; without one a dialog stays open. */
  readonly presses: number[]
  readonly opened: string[]
  readonly switches: string[]
  readonly privileged: Electron.CustomScheme[]
  readonly permissions: {
    request?: Parameters<Electron.Session['setPermissionRequestHandler']>[0]
    check?: Parameters<Electron.Session['setPermissionCheckHandler']>[0]
    device?: Parameters<Electron.Session['setDevicePermissionHandler']>[0]
  }
  readonly handlers: Map<string, (request: Request) => Response | Promise<Response>>
  readonly trays: FakeTray[]
  readonly windows: FakeWindow[]
  readonly shortcuts: Map<string, () => void>
  /** Chords that another program holds: registering them fails without a word. */
  readonly taken: Set<string>
  /** False: another instance holds the lock. */
  lock: boolean
  /** The keyring of the desktop: 'basic_text' encrypts nothing. */
  keyring: 'none' | 'basic_text' | 'gnome_libsecret'
  /** False: the desktop has no tray. */
  tray: boolean
  menu: readonly Electron.MenuItemConstructorOptions[]
}

/** What the fake's windows show; the stand-in puts a real Chromium here. */
export interface PageOpener {
  open(window: FakeWindow, address: string): Promise<void>
  close(window: FakeWindow): void
}

interface FakeTray {
  tooltip: string
  menu: readonly Electron.MenuItemConstructorOptions[]
  image: Buffer
}

/** An event that a listener may prevent, and whether one did. */
export function preventable(): { readonly event: { preventDefault(): void }; readonly prevented: () => boolean } {
  let prevented = false
  return { event: { preventDefault: () => (prevented = true) }, prevented: () => prevented }
}

type OpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0]

class FakeContents extends EventEmitter {
  openHandler: OpenHandler | undefined
  readonly mainFrame = { parent: null, origin: 'app://parley' }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler
  }
  forcefullyCrashRenderer(): void {
    this.emit('render-process-gone', {}, { reason: 'killed', exitCode: 9 })
  }
}

export class FakeWindow extends EventEmitter {
  readonly options: Electron.BrowserWindowConstructorOptions
  readonly webContents = new FakeContents()
  readonly loaded: string[] = []
  visible = false
  readonly #page: PageOpener
  #destroyed = false

  constructor(options: Electron.BrowserWindowConstructorOptions, page: PageOpener) {
    super()
    this.options = options
    this.#page = page
  }
  async loadURL(address: string): Promise<void> {
    this.loaded.push(address)
    await this.#page.open(this, address)
    this.emit('ready-to-show')
  }
  show(): void {
    this.visible = true
  }
  focus(): void {}
  isMinimized(): boolean {
    return false
  }
  restore(): void {}
  isDestroyed(): boolean {
    return this.#destroyed
  }
  /** As the person closes it. */
  close(): void {
    const { event, prevented } = preventable()
    this.emit('close', event)
    if (!prevented()) this.destroy()
  }
  destroy(): void {
    this.#destroyed = true
    this.#page.close(this)
    this.emit('closed')
  }
}

const nothing: PageOpener = { open: () => Promise.resolve(), close: () => {} }

/** The part of Electron that the shell uses, typed against electron.d.ts, with nothing behind it but a record. */
export function createElectron(page: PageOpener = nothing) {
  const controls: ElectronControls = {
    trace: [],
    dialogs: [],
    presses: [],
    opened: [],
    switches: [],
    privileged: [],
    permissions: {},
    handlers: new Map(),
    trays: [],
    windows: [],
    shortcuts: new Map(),
    taken: new Set(),
    lock: true,
    keyring: 'gnome_libsecret',
    tray: true,
    menu: [],
  }
  const { trace } = controls

  const app = Object.assign(new EventEmitter(), {
    isPackaged: false,
    commandLine: { appendSwitch: (name: string, value?: string) => void controls.switches.push(`${name}=${value}`) },
    setPath: (_name: string, path: string) => {
      if (!existsSync(path)) throw new Error(`There is no folder ${path}.`)
    },
    enableSandbox: () => void trace.push('sandbox'),
    requestSingleInstanceLock() {
      trace.push('lock')
      return controls.lock
    },
    async whenReady() {
      // Electron is ready only after the entry module has been evaluated.
      await new Promise((resolve) => setImmediate(resolve))
      trace.push('ready')
    },
    quit() {
      const { event, prevented } = preventable()
      app.emit('before-quit', event)
      if (!prevented()) app.exit(0)
    },
    exit(code?: number) {
      trace.push(`exit ${code ?? 0}`)
      app.emit('exited', code ?? 0)
    },
  } satisfies Partial<Omit<Electron.App, 'commandLine'>> & { commandLine: Partial<Electron.CommandLine> })

  const dialog = {
    showMessageBox(...args: [Electron.MessageBoxOptions] | [unknown, Electron.MessageBoxOptions]) {
      const options = args.length === 1 ? args[0] : args[1]
      controls.dialogs.push(options)
      const response = controls.presses.shift()
      if (response === undefined) return new Promise<never>(() => {})
      return Promise.resolve({ response, checkboxChecked: false })
    },
    showErrorBox: (title: string, content: string) => void trace.push(`error box: ${title}: ${content}`),
  } satisfies Partial<Record<keyof Electron.Dialog, unknown>>

  const protocol = {
    registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]) {
      trace.push('schemes')
      controls.privileged.push(...schemes)
    },
    handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>) =>
      void controls.handlers.set(scheme, handler),
  } satisfies Partial<Electron.Protocol>

  const session = {
    defaultSession: {
      setPermissionRequestHandler: (handler) => void (controls.permissions.request = handler),
      setPermissionCheckHandler: (handler) => void (controls.permissions.check = handler),
      setDevicePermissionHandler: (handler) => void (controls.permissions.device = handler),
    } satisfies Partial<Electron.Session>,
  }

  /** In other letters is not encrypted, and not the text either. */
  const safeStorage = {
    isEncryptionAvailable: () => controls.keyring !== 'none',
    getSelectedStorageBackend: () => controls.keyring,
    encryptString: (text: string) => Buffer.from(Buffer.from(text).toString('hex')),
    decryptString: (encrypted: Buffer) => Buffer.from(encrypted.toString(), 'hex').toString(),
  }
  const globalShortcut = {
    register(accelerator: string, callback: () => void) {
      if (controls.taken.has(accelerator)) return true
      controls.shortcuts.set(accelerator, callback)
      return true
    },
    isRegistered: (accelerator: string) => controls.shortcuts.has(accelerator),
    unregister: (accelerator: string) => void controls.shortcuts.delete(accelerator),
  } satisfies Partial<Electron.GlobalShortcut>

  const nativeImage = {
    createFromBitmap: (buffer: Buffer, _options: Electron.CreateFromBitmapOptions) => ({ buffer }),
  } satisfies Partial<Record<keyof typeof Electron.nativeImage, unknown>>

  const Menu = {
    buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => template,
    setApplicationMenu: (menu: Electron.MenuItemConstructorOptions[]) => void (controls.menu = menu),
  } satisfies Partial<Record<keyof typeof Electron.Menu, unknown>>

  class Tray extends EventEmitter implements FakeTray {
    tooltip = ''
    menu: readonly Electron.MenuItemConstructorOptions[] = []
    image: Buffer
    constructor(image: { buffer: Buffer }) {
      super()
      if (!controls.tray) throw new Error('This desktop has no tray.')
      this.image = image.buffer
      controls.trays.push(this)
    }
    setImage(image: { buffer: Buffer }): void {
      this.image = image.buffer
    }
    setToolTip(text: string): void {
      this.tooltip = text
    }
    setContextMenu(menu: readonly Electron.MenuItemConstructorOptions[]): void {
      this.menu = menu
    }
    destroy(): void {}
  }

  class BrowserWindow extends FakeWindow {
    constructor(options: Electron.BrowserWindowConstructorOptions) {
      super(options, page)
      trace.push('window')
      controls.windows.push(this)
      app.emit('web-contents-created', {}, this.webContents)
    }
  }

  const shell = {
    openExternal: (url: string) => Promise.resolve(void controls.opened.push(url)),
  } satisfies Partial<Electron.Shell>

  return {
    app,
    BrowserWindow,
    dialog,
    globalShortcut,
    ipcMain: new EventEmitter(),
    Menu,
    nativeImage,
    powerMonitor: new EventEmitter(),
    protocol,
    safeStorage,
    session,
    shell,
    Tray,
    controls,
  }
}
