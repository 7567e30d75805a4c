// The tests live on a day of their own, the same whenever they run: what a market does and how a desk decides on it is
// then the same too. PARLEY_TEST_DAY chooses another.

const usual = '2026-03-18'
/** Working hours for most of the world; a day alone begins here. */
const usualTime = 'T10:00:00Z'

/** The moment at which the tests begin, in UTC epoch milliseconds: from "2028-02-29" or "2028-02-29T23:59:50Z". */
export function momentOf(day: string = usual): number {
  const moment = Date.parse(day.includes('T') ? day : `${day}${usualTime}`)
  if (Number.isFinite(moment)) return moment
  throw new Error(`"${day}" is no day: write 2028-02-29 or 2028-02-29T23:59:50Z.`)
}
