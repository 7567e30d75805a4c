import { ipcRenderer } from 'electron'

// Hands the page one MessagePort to the desk, and nothing else: no function of Electron's or of ours reaches the page.
// Main checks who sends the other end; the nonce tells the page that the answer is to its own question.
window.addEventListener('message', ({ source, origin, data }: MessageEvent) => {
  if (source !== window || origin !== location.origin) return
  if (data?.type !== 'parley-port-please' || typeof data.nonce !== 'string') return
  const { port1, port2 } = new MessageChannel()
  ipcRenderer.postMessage('parley-port', null, [port2])
  window.postMessage({ type: 'parley-port', nonce: data.nonce }, location.origin, [port1])
})
