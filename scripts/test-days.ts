import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bringChromium } from './bring-chromium.ts'
import { build, root } from './build.ts'
import { endWith } from './closing-line.ts'

// npm run test:days -- --days 30: runs every test whose desk lives in a market of its day (tag `day`) on that many days and
// in three time zones, two days at a time. One line a day, what failed below it; the last line is that of npm test.

/** A moment to begin at, and the machine's time zone. */
type Day = readonly [moment: string, zone: string]

const zones = ['UTC', 'America/New_York', 'Pacific/Auckland']

/** Days on which dates go wrong, each where it does. */
const unusual: readonly Day[] = [
  ['2028-02-29T10:00:00Z', 'UTC'],
  ['2026-12-31T23:59:50Z', 'UTC'],
  ['2027-03-14T06:59:50Z', 'America/New_York'],
  ['2026-09-26T13:59:50Z', 'Pacific/Auckland'],
  ['2026-11-30T10:00:00Z', 'UTC'],
  ['2027-02-28T23:59:50Z', 'America/New_York'],
  ['2027-03-06T10:00:00Z', 'Pacific/Auckland'],
  ['2027-11-07T05:59:50Z', 'America/New_York'],
  ['2027-04-03T13:59:50Z', 'Pacific/Auckland'],
  ['2028-12-31T23:59:50Z', 'Pacific/Auckland'],
  ['2027-01-01T00:00:00Z', 'America/New_York'],
  ['2026-03-29T00:59:50Z', 'UTC'],
]

/** The unusual days first, then others 67 days and 5 hours apart, so that months, weekdays and hours all change. */
function chooseDays(count: number): readonly Day[] {
  const others = Array.from({ length: Math.max(0, count - unusual.length) }, (_, index): Day => {
    const moment = new Date(Date.UTC(2026, 0, 9, 2) + index * 67 * 86_400_000 + index * 5 * 3_600_000)
    return [moment.toISOString().replace('.000Z', 'Z'), zones[index % zones.length] ?? 'UTC']
  })
  return [...unusual, ...others].slice(0, count)
}

interface Outcome {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** What failed, with why. */
  readonly failures: readonly string[]
}

/** What vitest's JSON report says, as far as it is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly tags: readonly string[]
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

function readReport(file: string): Outcome {
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Report
  const tests = testResults.flatMap((module) => module.assertionResults).filter(({ tags }) => tags.includes('day'))
  const of = (status: string) => tests.filter((test) => test.status === status)
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  )
  const failures = [
    ...of('failed').map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages.join('\n')}`),
    ...broken.map(({ name, message }) => `${name}\n${message}`),
  ]
  const passed = of('passed').length
  return { passed, failed: failures.length, skipped: tests.length - passed - of('failed').length, failures }
}

async function runOn([moment, zone]: Day, files: readonly string[], report: string): Promise<Outcome> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--tags-filter=day', '--reporter=json', `--outputFile=${report}`, ...files]
  const env = { ...process.env, PARLEY_TEST_DAY: moment, TZ: zone }
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'pipe'] })
  let words = ''
  child.stderr.on('data', (chunk) => (words += chunk))
  await new Promise((resolve) => child.once('close', resolve))
  try {
    return readReport(report)
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: [`The tests did not run.\n${words}`] }
  }
}

/** Files with tests of the tag: loading all the others would take longer than the tests. */
function filesOfDays(): readonly string[] {
  return globSync(['src/**/*.test.ts', 'test/**/*.test.ts'], { cwd: root }).filter((file) =>
    readFileSync(join(root, file), 'utf8').includes("tags: ['day']"),
  )
}

const { values } = parseArgs({ options: { days: { type: 'string', default: '30' } } })
const count = Number(values.days)
if (!Number.isInteger(count) || count < 1) throw new Error(`--days is a number from 1 on, not "${values.days}".`)
bringChromium()
console.log('Building Parley ...')
if (!build()) await endWith(0, 1, 0)
const files = filesOfDays()
const queue = [...chooseDays(count)]
const folder = mkdtempSync(join(tmpdir(), 'parley-days-'))
const outcomes: Outcome[] = []

async function work(): Promise<void> {
  for (let day = queue.shift(); day !== undefined; day = queue.shift()) {
    const begun = performance.now()
    const [moment, zone] = day
    const outcome = await runOn(day, files, join(folder, `${moment.replaceAll(':', '-')}.json`))
    outcomes.push(outcome)
    const { passed, failed, skipped } = outcome
    const tail = skipped > 0 ? `, ${skipped} skipped` : ''
    const seconds = Math.round((performance.now() - begun) / 1_000)
    console.log(
      `${failed === 0 && passed > 0 ? 'ok  ' : 'FAIL'} ${moment} ${zone}: ${passed} passed, ${failed} failed${tail} (${seconds} s)`,
    )
    for (const failure of outcome.failures) console.log(failure.replaceAll(/^/gm, '     '))
  }
}
await Promise.all([work(), work()])
rmSync(folder, { recursive: true, force: true })
const total = (of: (outcome: Outcome) => number) => outcomes.reduce((sum, outcome) => sum + of(outcome), 0)
await endWith(
  total(({ passed }) => passed),
  total(({ failed, passed }) => failed || (passed === 0 ? 1 : 0)),
  total(({ skipped }) => skipped),
)
