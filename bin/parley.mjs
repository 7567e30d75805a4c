#!/usr/bin/env node
// Runs the command line on the Node that Parley is pinned to, whichever Node runs this file (20 or newer): from the
// sources in a checkout, from the built file in an installed package.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const oldestNode = 24
const root = dirname(dirname(fileURLToPath(import.meta.url)))

function pinnedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'))
    const names = process.platform === 'win32' ? ['bin/node.exe'] : ['bin/node']
    const found = names.map((name) => join(folder, name)).find((path) => existsSync(path))
    if (found !== undefined) return found
  } catch {
    // Not installed beside us.
  }
  return Number.parseInt(process.versions.node, 10) >= oldestNode ? process.execPath : undefined
}

const node = pinnedNode()
const entry = [join(root, 'src/main/cli.ts'), join(root, 'out/main/cli.js')].find((path) => existsSync(path))
if (node === undefined || entry === undefined) {
  console.error(
    node === undefined
      ? `NODE_TOO_OLD: Parley needs Node ${oldestNode}, and this is ${process.versions.node}. Run npm ci, which brings it.`
      : 'NOT_BUILT: The command line is not built. Run npm run build.',
  )
  process.exit(1)
}

const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' })
// A terminal sends its signals to the whole group, so the child has them already; anyone else's are passed on.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => process.stdin.isTTY || child.kill(signal))
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('error', (error) => {
  console.error(`NODE_NOT_STARTED: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1)
  // End the way the child ended, so that whoever waits for us sees the same.
  for (const name of ['SIGINT', 'SIGHUP', 'SIGTERM']) process.removeAllListeners(name)
  process.kill(process.pid, signal)
})
