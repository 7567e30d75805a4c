import { isTimeZone } from '#shared/lib/time-zone.ts'

const hourMs = 3_600_000

/** Names of zones that stand for one offset from UTC in hours. EST is the North American one, as exports mean it. */
const offsets: ReadonlyMap<string, number> = new Map(
  (
    'Z=0 UTC=0 GMT=0 UT=0 WET=0 WEST=1 CET=1 CEST=2 MEZ=1 MESZ=2 EET=2 EEST=3 MSK=3 EST=-5 EDT=-4 CDT=-5 MDT=-6 PST=-8 ' +
    'PDT=-7 AKST=-9 AKDT=-8 HST=-10 BRT=-3 JST=9 KST=9 HKT=8 SGT=8 AWST=8 ACST=9.5 ACDT=10.5 AEST=10 AEDT=11 NZST=12 ' +
    'NZDT=13 SAST=2'
  )
    .split(' ')
    .map((entry) => entry.split('='))
    .map(([name = '', hours = '0']) => [name, Number(hours)] as const),
)

/** What names of zones can mean that are used for more than one. */
const doubtful: Readonly<Record<string, string>> = {
  BST: 'UTC+1 in Britain, UTC+6 in Bangladesh',
  CST: 'UTC-6 in America, UTC+8 in China',
  IST: 'UTC+5:30 in India, UTC+2 in Israel, UTC+1 in Ireland',
  MST: 'UTC-7 in America, UTC+8 in Malaysia',
  AST: 'UTC-4 on the Atlantic, UTC+3 in Arabia',
  GST: 'UTC+4 in the Gulf, UTC+10 on Guam',
  SST: 'UTC-11 on Samoa, UTC+8 in Singapore',
  ET: 'UTC-5 in winter, UTC-4 in summer',
  CT: 'UTC-6 in winter, UTC-5 in summer',
  PT: 'UTC-8 in winter, UTC-7 in summer',
}

/** An offset from UTC in milliseconds, the IANA name of a zone whose offset changes, or why neither can be told. */
export type ReadZone = { readonly offsetMs: number } | { readonly name: string } | { readonly reason: string }

/** Reads Z, +01:00, +0100, UTC+1, GMT+0100, EST or Europe/Berlin. */
export function readZone(text: string): ReadZone {
  const plain = text.replaceAll(/[[\]\s]/g, '').replace('\u2212', '-')
  const known = offsets.get(plain.toUpperCase())
  if (known !== undefined) return { offsetMs: known * hourMs }
  const signed = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(plain)
  if (signed) {
    const minutes = Number(signed[2]) * 60 + Number(signed[3] ?? 0)
    if (minutes <= 14 * 60) return { offsetMs: (signed[1] === '-' ? -1 : 1) * minutes * 60_000 }
  }
  const meanings = doubtful[plain.toUpperCase()]
  if (meanings !== undefined) {
    return { reason: `the time zone "${text}" means ${meanings}: write the offset from UTC instead` }
  }
  if (plain.includes('/') && isTimeZone(plain)) return { name: plain }
  return { reason: `"${text}" is not a known time zone` }
}

/**
 * Creates what turns a wall clock's time in an IANA zone (as if it were UTC, in epoch milliseconds) into the moments at
 * which the clock showed it: one, two where clocks were set back over it, none where they were set forward over it.
 */
export function createWallClock(timeZone: string): (wallMs: number) => readonly number[] {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const known = new Map<number, number>()
  const offsetAt = (ms: number): number => {
    const hour = Math.floor(ms / hourMs)
    let offset = known.get(hour)
    if (offset === undefined) {
      const parts = Object.fromEntries(
        format.formatToParts(hour * hourMs).map(({ type, value }) => [type, Number(value)]),
      )
      const { year = 0, month = 1, day = 1, minute = 0, second = 0 } = parts
      offset = Date.UTC(year, month - 1, day, parts['hour'], minute, second) - hour * hourMs
      known.set(hour, offset)
    }
    return offset
  }
  return (wallMs) => {
    const around = [offsetAt(wallMs - 24 * hourMs), offsetAt(wallMs + 24 * hourMs)]
    const moments = [...new Set(around)].map((offset) => wallMs - offset).filter((ms) => ms + offsetAt(ms) === wallMs)
    return moments.sort((a, b) => a - b)
  }
}
