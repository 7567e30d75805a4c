import type { RunMonitoring } from '#shared/domain/monitoring.ts'
import type { Run } from '#shared/domain/run.ts'

/** One thing that watching over a run has brought to light. */
export interface WatchNote {
  readonly key: string
  readonly tone: 'warn' | 'bad' | 'busy' | 'off'
  readonly word: string
  /** From the start of the run; null for what holds now. */
  readonly seconds: number | null
  readonly sentence: string
}

/** Where the plan was changed, in seconds from the start of the run, and what was changed. */
export interface ReplanMark {
  readonly number: number
  readonly seconds: number
  readonly sentence: string
}

/** What the trader is to know of a run beside its bars: what holds now first, then what happened, the newest first. */
export function watchNotes(run: Pick<Run, 'startedAt'>, monitoring: RunMonitoring): WatchNote[] {
  const { alerts, replans, divergences, pace, paused, goals } = monitoring
  const after = (at: number) => Math.max(0, (at - run.startedAt) / 1_000)
  const now: WatchNote[] = [
    ...(paused === null
      ? []
      : [note('paused', 'busy', 'Paused', after(paused.at), `${paused.reason} No new step starts until you resume.`)]),
    ...goals.flatMap(({ goal, why }) => (why === null ? [] : [note(`goal ${goal}`, 'bad', 'Goal missed', null, why)])),
    ...pace.map(({ pool, limit, most }) =>
      note(
        `pace ${pool}`,
        'busy',
        'Slower',
        null,
        `A source asked the desk to slow down: now ${limit} of ${most} ${pool} slots.`,
      ),
    ),
  ]
  const then: WatchNote[] = [
    ...alerts.map(({ seq, at, sentence }) => note(`alert ${seq}`, 'warn', 'Alert', after(at), sentence)),
    ...replans.map(({ at, strategy, sentence }, index) =>
      note(`replan ${index}`, 'busy', `Replan ${index + 1}, ${strategy}`, after(at), withoutOpening(sentence)),
    ),
    ...divergences.map(({ at, triggers, answer }, index) => {
      const sentence = [...triggers.map((trigger) => trigger.sentence), answer].join(' ')
      return note(`kept ${index}`, 'off', 'Plan kept', after(at), sentence)
    }),
  ]
  return [...now, ...then.toSorted((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0))]
}

/** The changes of the plan as marks over the bars. */
export function replanMarks(run: Pick<Run, 'startedAt'>, { replans }: Pick<RunMonitoring, 'replans'>): ReplanMark[] {
  return replans.map(({ at, sentence }, index) => ({
    number: index + 1,
    seconds: Math.max(0, (at - run.startedAt) / 1_000),
    sentence,
  }))
}

/** When a run under way ends as foreseen, in seconds from its start; null when nobody can say. A late end is not past. */
export function foreseenEnd(
  run: Pick<Run, 'startedAt' | 'status'>,
  forecast: RunMonitoring['forecast'] | undefined,
  now: number,
): number | null {
  const endsAt = forecast?.endsAt ?? null
  return run.status !== 'running' || endsAt === null ? null : (Math.max(now, endsAt) - run.startedAt) / 1_000
}

function note(key: string, tone: WatchNote['tone'], word: string, seconds: number | null, sentence: string): WatchNote {
  return { key, tone, word, seconds, sentence }
}

function withoutOpening(sentence: string): string {
  const rest = sentence.replace(/^Replanned: /, '')
  return rest.charAt(0).toUpperCase() + rest.slice(1)
}
