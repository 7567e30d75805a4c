import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { startVitest, type TestModule, type TestSuite } from 'vitest/node'
import { findChromium } from '#test/e2e/chromium.ts'
import { build, root } from './build.ts'

// npm test: brings the browser that the tests need, builds the app, runs every test, names each skipped one with its
// reason. The last line is `N passed, N failed`, with `, N skipped` when there are any.

interface Count {
  passed: number
  failed: number
  skipped: string[]
}

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'inherit', cwd: root }).status === 0
}

function bringChromium(): void {
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

/** Suites whose files could not be loaded count as one failure each, as do errors outside of any test. */
function countModule(module: TestModule, count: Count): void {
  if (module.errors().length > 0) count.failed += 1
  for (const suite of module.children.allSuites()) if (suite.errors().length > 0) count.failed += 1
  for (const test of module.children.allTests()) {
    const result = test.result()
    if (result.state === 'passed') count.passed += 1
    else if (result.state === 'skipped') count.skipped.push(`${test.fullName}${reason(result.note, test.parent)}`)
    else count.failed += 1
  }
}

function reason(note: string | undefined, parent: TestSuite | TestModule): string {
  if (note !== undefined) return ` (${note})`
  return parent.type === 'module' ? ` (${parent.relativeModuleId})` : ''
}

async function test(): Promise<Count> {
  const count: Count = { passed: 0, failed: 0, skipped: [] }
  console.log('Building Parley ...')
  if (!build()) return { ...count, failed: 1 }
  const vitest = await startVitest(process.argv.slice(2), { watch: false, run: true, reporters: ['default'] })
  for (const module of vitest.state.getTestModules()) countModule(module, count)
  count.failed += vitest.state.getUnhandledErrors().length
  await vitest.close()
  return count
}

bringChromium()
const { passed, failed, skipped } = await test()
for (const name of skipped) console.log(`skipped: ${name}`)
const tail = skipped.length > 0 ? `, ${skipped.length} skipped` : ''
await new Promise((resolve) => process.stdout.write(`${passed} passed, ${failed} failed${tail}\n`, resolve))
process.exit(failed > 0 || passed === 0 ? 1 : 0)
