/** How often a schedule falls due, as it can be chosen without knowing cron. */
export const rhythms = ['every weekday', 'every day', 'every Monday', 'every hour', 'custom (cron)'] as const
export type Rhythm = (typeof rhythms)[number]

const days: Partial<Record<Rhythm, string>> = { 'every weekday': '1-5', 'every day': '*', 'every Monday': '1' }

/** The cron text of a choice; undefined while it is not complete. `time` is as "09:30", of an hour its minute counts. */
export function cronOf(rhythm: Rhythm, time: string, own: string): string | undefined {
  if (rhythm === 'custom (cron)') return own.trim() === '' ? undefined : own.trim()
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(time.trim()) ?? []
  if (hour === undefined || minute === undefined) return undefined
  const day = days[rhythm]
  return day === undefined ? `${Number(minute)} * * * *` : `${Number(minute)} ${Number(hour)} * * ${day}`
}
