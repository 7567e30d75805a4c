import { app, type IpcMainEvent, protocol, session, shell, type WebContents, type WebPreferences } from 'electron'
import { contentSecurityPolicy, pageHeaders } from '#shared/lib/content-security-policy.ts'
import { isOwnAddress, mayOpenOutside, ownOrigin, ownScheme } from './addresses.ts'

// Electron's security checklist (https://www.electronjs.org/docs/latest/tutorial/security), in one place. Points 6 and
// 8 to 12 hold because their flags are never set; 19 is build/after-pack.cjs.

/** The built page, by URL path. */
export interface PageSource {
  read(path: string): Promise<{ readonly body: Uint8Array<ArrayBuffer>; readonly type: string } | undefined>
}

/** Before `ready`: sandboxes every renderer (4) and makes app:// a secure, standard scheme (1, 18). */
export function registerSecurity(): void {
  app.enableSandbox()
  protocol.registerSchemesAsPrivileged([
    { scheme: ownScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
  app.on('web-contents-created', (_event, contents) => confine(contents))
}

/** After `ready`: serves the page with its policy as a header (7, 18) and denies every permission (5). */
export function applySecurity(page: PageSource): void {
  protocol.handle(ownScheme, async (request) => {
    const file = isOwnAddress(request.url) ? await page.read(new URL(request.url).pathname) : undefined
    if (file === undefined) return new Response('There is no such file.', { status: 404, headers: pageHeaders })
    return new Response(file.body, {
      headers: { ...pageHeaders, 'content-security-policy': contentSecurityPolicy, 'content-type': file.type },
    })
  })
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.defaultSession.setPermissionCheckHandler(() => false)
  session.defaultSession.setDevicePermissionHandler(() => false)
}

/** For every window (2, 3, 4, 20): the preload is all that the page shares with the app. */
export function securePreferences(preload: string): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
    spellcheck: false,
    devTools: !app.isPackaged,
  }
}

/** True when a message comes from the top frame of a page of ours (17). */
export function isFromOwnPage({ senderFrame }: IpcMainEvent): boolean {
  return senderFrame !== null && senderFrame.parent === null && senderFrame.origin === ownOrigin
}

/** No navigation away (13), no new windows (14), no webviews (12); https links open in the browser (15). */
function confine(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isOwnAddress(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    if (!isOwnAddress(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
}
