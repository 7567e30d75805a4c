import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findChromium } from '#test/e2e/chromium.ts'
import { root } from './build.ts'

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'inherit', cwd: root }).status === 0
}

/** Installs a Chromium where the tests find none; says so where none can be had. */
export function bringChromium(): void {
  if (findChromium() !== undefined) return
  console.log('Installing a Chromium for the tests ...')
  const debian = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  const installed =
    debian &&
    run('apt-get', 'update', '-q') &&
    run('env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-qy', '--no-install-recommends', 'chromium')
  if (!installed) run(process.execPath, join(root, 'node_modules/playwright-core/cli.js'), 'install', 'chromium')
  if (findChromium() === undefined) console.log('There is no Chromium; what needs one is skipped.')
}
