import type { Quiescence, Restart } from '#main/simulation/observation.ts'

/** I12: what a start recovers, from a snapshot or not, is what the whole journal tells. */
export function restartRebuilds({ recovered, replayed }: Restart): string | undefined {
  return recovered === replayed ? undefined : differing(recovered, replayed)
}

/** I12, at quiescence: the journal replayed gives the account and the tables that the desk has. */
export function replayRebuilds({ book, replayedBook, differingTables }: Quiescence): string | undefined {
  if (book !== replayedBook) return differing(book, replayedBook)
  return differingTables.length === 0 ? undefined : `tables built anew differ: ${differingTables.join(', ')}`
}

function differing(one: string, other: string): string {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  const around = (text: string) => text.slice(Math.max(0, at - 60), at + 60)
  return `the account is not what the journal tells: ...${around(one)}... against ...${around(other)}...`
}
