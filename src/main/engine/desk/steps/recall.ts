import { episodesCompared, type MoveOf, recall, recollectionSentence } from '#engine/desk/memory/recall.ts'
import { readSituation } from '#engine/desk/memory/situation.ts'
import { briefingOf } from '#engine/desk/run/briefing.ts'
import type { RunContext } from '#engine/desk/run/run-context.ts'
import { messageOf, posted, record } from '#engine/desk/run/run-log.ts'
import type { Feed } from '#engine/ports/feed.ts'
import { timeframeMs, timeframes } from '#shared/domain/bar.ts'
import type { Actor } from '#shared/domain/journal.ts'

const desk: Actor = { kind: 'system', id: 'desk' }

/**
 * Journals the situation that the run decides in, and what memory has of situations like it: of runs that had ended before
 * this one began. Says nothing where there is nothing to compare with, nor after the signal. Once in a run.
 */
export async function recallSituation(run: RunContext, signal: AbortSignal): Promise<void> {
  const { parts, memory } = run
  if (memory.situation !== null) return
  const { runId } = memory
  const briefing = await briefingOf(parts, memory)
  if (signal.aborted) return
  const situation = readSituation(briefing, memory.insight)
  const recollection = recall(
    situation,
    parts.history.episodesBefore(runId, episodesCompared),
    movesOn(parts.feed, situation.at),
  )
  const { recalled, compared } = recollection
  const runs = recalled.map((past) => ({ id: past.runId, instrument: past.instrument, startedAt: past.startedAt }))
  const message = messageOf(run, desk.id, { kind: 'system', text: recollectionSentence(recollection), runs })
  await record(
    run,
    desk,
    { kind: 'situationRead', data: { runId, situation } },
    { kind: 'situationRecalled', data: { runId, recollection } },
    ...(compared === 0 ? [] : [posted(message)]),
  )
}

/** How prices moved, by the feed's bars that had closed by now. */
function movesOn(feed: Feed, now: number): MoveOf {
  return (instrument, from, horizonMs) => {
    const afterMs = Math.min(horizonMs, now - from)
    const before = closeAt(feed, instrument, from)
    const after = closeAt(feed, instrument, from + afterMs)
    // While no bar has closed since, nothing is known to have moved or stayed.
    if (before === undefined || after === undefined || after.closedAt <= before.closedAt) return null
    return { share: after.price / before.price - 1, afterMs }
  }
}

/** The last close by a moment, of the shortest bars that reach back to it. */
function closeAt(feed: Feed, instrument: string, at: number) {
  for (const timeframe of timeframes) {
    const length = timeframeMs[timeframe]
    const [bar] = feed.bars(instrument, timeframe, 1, at - length + 1)
    if (bar !== undefined && bar.close > 0) return { price: bar.close, closedAt: bar.time + length }
  }
  return undefined
}
