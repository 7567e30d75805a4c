/** The name of the isolated world that preload scripts run in, as in Electron. */
export const preloadWorld = 'Electron Isolated Context'
export const binding = 'standInSend'

/** What comes out of the preload's world. */
export type FromPreload =
  | { readonly kind: 'ipc'; readonly channel: string; readonly ports: readonly number[] }
  | { readonly kind: 'message'; readonly port: number; readonly data: unknown }
  | { readonly kind: 'close'; readonly port: number }

/**
 * The built preload as a script for the isolated world, with what a sandboxed preload has: a `require` that knows only
 * electron, and of electron the one function that ours uses. Ports stay in the page's process; what they carry is
 * passed on over the binding.
 */
export function preloadScript(source: string): string {
  return `(() => {
  if (window !== window.top) return
  const send = (message) => ${binding}(JSON.stringify(message))
  const ports = new Map()
  let count = 0
  globalThis.standInDeliver = (id, data) => ports.get(id)?.postMessage(data)
  globalThis.standInClose = (id) => ports.get(id)?.close()
  const ipcRenderer = {
    postMessage(channel, _message, transfer = []) {
      const ids = transfer.map((port) => {
        const id = ++count
        ports.set(id, port)
        port.addEventListener('message', (event) => send({ kind: 'message', port: id, data: event.data }))
        port.addEventListener('close', () => send({ kind: 'close', port: id }))
        port.start()
        return id
      })
      send({ kind: 'ipc', channel, ports: ids })
    },
  }
  const require = (name) => {
    if (name === 'electron') return { ipcRenderer }
    throw new Error('A sandboxed preload cannot require "' + name + '".')
  }
  const module = { exports: {} }
  ;((require, module, exports) => {
${source}
  })(require, module, module.exports)
})()`
}
