import type { RunSummary } from '#shared/domain/run.ts'

/** The run to show: the one asked for, else the one under way on the instrument, else its newest. */
export function chooseRun(
  runs: readonly RunSummary[],
  instrument: string,
  wanted: string | undefined,
): RunSummary | null {
  const asked = runs.find(({ id }) => id === wanted)
  if (asked !== undefined) return asked
  const here = runs.filter(({ goal }) => goal.instrument === instrument)
  const running = here.find(({ status }) => status === 'running')
  return running ?? [...here].sort((a, b) => b.startedAt - a.startedAt)[0] ?? null
}
