import { weightOf } from '#engine/agents/seats/temper.ts'
import { readViewRecord } from '#engine/agents/view-record.ts'
import type { DeskHistory } from '#engine/ports/desk-history.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { closedBars } from '#engine/trading/positions/closed-bars.ts'
import { barSeries } from '#shared/domain/bar.ts'
import type { ViewRecordRow } from '#shared/domain/insight.ts'

/** How many of an instrument's newest views its record stands on. */
export const viewsLookedBack = 200

/** The analyst's record on each instrument that it has formed a view on, judged by the bars that decisions stand on. */
export function viewRecords(
  history: Pick<DeskHistory, 'listViews'>,
  feed: Pick<Feed, 'bars' | 'instruments'>,
  now: number,
): ViewRecordRow[] {
  return feed.instruments().flatMap(({ id }): ViewRecordRow[] => {
    const past = history.listViews(id, viewsLookedBack)
    const [newest] = past
    if (newest === undefined) return []
    const bars = barSeries([...(closedBars(feed, [id], now).bars.get(id) ?? [])])
    const { judged, right, meanStated, calibration } = readViewRecord(past, bars, now)
    const countsFor = weightOf(0.65, calibration)
    const { agent } = newest.insight
    return [{ agent, instrument: id, views: past.length, judged, right, meanStated, countsFor, lastAt: newest.at }]
  })
}
