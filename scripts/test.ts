import { parseArgs } from 'node:util'
import { startVitest, type TestModule, type TestSuite } from 'vitest/node'
import { momentOf } from '#test/day/day.ts'
import { bringChromium } from './bring-chromium.ts'
import { build } from './build.ts'
import { endWith } from './closing-line.ts'

// npm test: brings the browser that the tests need, builds the app, runs every test, names each skipped one with its
// reason. The last line is `N passed, N failed`, with `, N skipped` when there are any. What follows `--` narrows it down to
// files; --day 2028-02-29, or a moment as 2028-02-29T23:59:50Z, has the tests live on that day.

interface Count {
  passed: number
  failed: number
  skipped: string[]
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

async function test(files: string[]): Promise<Count> {
  const count: Count = { passed: 0, failed: 0, skipped: [] }
  console.log('Building Parley ...')
  if (!build()) return { ...count, failed: 1 }
  const vitest = await startVitest(files, { watch: false, run: true, reporters: ['default'] })
  for (const module of vitest.state.getTestModules()) countModule(module, count)
  count.failed += vitest.state.getUnhandledErrors().length
  await vitest.close()
  return count
}

const { values, positionals } = parseArgs({ options: { day: { type: 'string' } }, allowPositionals: true })
if (values.day !== undefined) {
  console.log(`The tests begin at ${new Date(momentOf(values.day)).toISOString()}.`)
  process.env['PARLEY_TEST_DAY'] = values.day
}
bringChromium()
const { passed, failed, skipped } = await test(positionals)
for (const name of skipped) console.log(`skipped: ${name}`)
await endWith(passed, failed, skipped.length)
