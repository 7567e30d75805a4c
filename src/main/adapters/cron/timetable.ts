import { Cron } from 'croner'
import type { Timetable } from '#engine/ports/timetable.ts'
import { isTimezone } from '#shared/domain/trading-calendar.ts'
import { errorMessage, ParleyError } from '#shared/lib/error.ts'

const fields = ['minute', 'hour', 'day of the month', 'month', 'day of the week'] as const
const bounds = ['0 to 59', '0 to 23', '1 to 31', '1 to 12 or JAN to DEC', '0 to 7 or SUN to SAT'] as const

/** Reads schedules as crontab(5) has them, in an IANA time zone; of the library only the computing of times is used, no timer. */
export function createTimetable(): Timetable {
  const read = new Map<string, Cron>()

  function reading(cron: string, timezone: string): Cron {
    const key = `${timezone} ${cron}`
    const known = read.get(key)
    if (known !== undefined) return known
    refuseWrong(cron, timezone)
    const made = new Cron(cron, { timezone, mode: '5-part' })
    read.set(key, made)
    return made
  }

  return {
    next: (cron, timezone, after) => reading(cron, timezone).nextRun(new Date(after))?.getTime() ?? null,
  }
}

/** Throws what is wrong and where: a text that croner as a whole refuses is read field by field. */
function refuseWrong(cron: string, timezone: string): void {
  if (!isTimezone(timezone)) {
    throw new ParleyError('TIMEZONE_UNKNOWN', `There is no time zone "${timezone}".`, {
      details: { timezone },
      wayOut: 'Give an IANA name, for instance UTC or Europe/Berlin.',
    })
  }
  const parts = cron.trim().split(/\s+/)
  const wayOut =
    'Give minute, hour, day of the month, month and day of the week: "0 9 * * 1-5" is 9:00 from Monday to Friday.'
  if (parts.length !== fields.length) {
    const message = `"${cron}" has ${parts.length} of 5 fields (${fields.join(', ')}).`
    throw new ParleyError('CRON_INVALID', message, { details: { cron, fields: parts.length }, wayOut })
  }
  for (const [index, field] of fields.entries()) {
    const part = parts[index] ?? ''
    const why = refusalOf(fields.map((_, other) => (other === index ? part : '*')).join(' '))
    if (why === null) continue
    const position = cron.indexOf(part, parts.slice(0, index).join(' ').length)
    throw new ParleyError(
      'CRON_INVALID',
      `The ${field} "${part}" of "${cron}" (field ${index + 1}) is wrong: it may be ${bounds[index]}, *, ranges (1-5), lists (1,3) and steps (*/15).`,
      { details: { cron, field, part, position: Math.max(0, position), why }, wayOut },
    )
  }
  const why = refusalOf(cron)
  if (why !== null) throw new ParleyError('CRON_INVALID', `"${cron}" is wrong: ${why}`, { details: { cron }, wayOut })
}

function refusalOf(cron: string): string | null {
  try {
    const read = new Cron(cron, { mode: '5-part' })
    return read.getPattern() === undefined ? 'it is no schedule' : null
  } catch (error) {
    return errorMessage(error).replace(/^CronPattern: /, '')
  }
}
