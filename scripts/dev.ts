import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import { createServer, type ProxyOptions } from 'vite'
import { root } from './build.ts'

// npm run dev: the page with hot reload, and the headless host restarted on change. The page's calls are passed on with
// the token, so the address needs none.

const port = 4_757
const token = randomBytes(24).toString('base64url')

const host = spawn(
  process.execPath,
  [
    '--watch',
    '--watch-preserve-output',
    join(root, 'src/main/headless.ts'),
    '--port',
    String(port),
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', env: { ...process.env, PARLEY_TOKEN: token } },
)

const proxy: ProxyOptions = {
  target: `http://127.0.0.1:${port}`,
  changeOrigin: true,
  ws: true,
  headers: { authorization: `Bearer ${token}` },
  configure(server) {
    // The host answers to its own page only; here the page comes from vite.
    server.on('proxyReq', (request) => request.removeHeader('origin'))
    server.on('proxyReqWs', (request) => request.removeHeader('origin'))
    server.on('error', () => {})
  },
}
const server = await createServer({
  configFile: false,
  root: join(root, 'src/renderer'),
  plugins: [react()],
  server: { host: '127.0.0.1', proxy: { '/rpc': proxy, '/api': proxy } },
})
await server.listen()
server.printUrls()

async function stop(): Promise<void> {
  host.kill('SIGTERM')
  await server.close()
  process.exit(0)
}
process.on('SIGINT', () => void stop())
process.on('SIGTERM', () => void stop())
