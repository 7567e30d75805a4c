import { momentOf } from './day.ts'

// Runs before each file of tests: Date says the tests' moment when the process first comes here, and goes on from there at
// its usual speed. Timers and performance.now() are left alone, and so is the clock of a browser.

const known = globalThis as { parleyDate?: DateConstructor }

/** Date, further along by so many milliseconds. */
function movedDate(real: DateConstructor, byMs: number): DateConstructor {
  const now = () => real.now() + byMs
  return new Proxy(real, {
    construct: (target, given, of) => Reflect.construct(target, given.length === 0 ? [now()] : given, of),
    apply: () => new real(now()).toString(),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  })
}

// Where files share a process, time goes on from one to the next.
known.parleyDate ??= movedDate(Date, momentOf(process.env['PARLEY_TEST_DAY']) - Date.now())
globalThis.Date = known.parleyDate
