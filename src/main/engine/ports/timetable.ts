/** Tells when schedules fall due. */
export interface Timetable {
  /**
   * The first time after a moment, in UTC epoch milliseconds; null where none comes any more. Throws CRON_INVALID, naming the
   * field and where it stands, and TIMEZONE_UNKNOWN.
   */
  next(cron: string, timezone: string, after: number): number | null
}
