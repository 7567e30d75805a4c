/** Work that can be put down between its parts: each `next` does one part, the last one answers. */
export type WorkInTurns<Answer> = Generator<undefined, Answer, undefined>

/** Does all of the work at once. */
export function finish<Answer>(work: WorkInTurns<Answer>): Answer {
  for (;;) {
    const part = work.next()
    if (part.done === true) return part.value
  }
}

/** Does the work in turns of at most `turnMs` (and the part that is begun then), with a pause after each. */
export async function inTurns<Answer>(
  work: WorkInTurns<Answer>,
  { now, pause, turnMs = 8 }: { now: () => number; pause: () => Promise<unknown>; turnMs?: number },
): Promise<Answer> {
  for (;;) {
    const began = now()
    do {
      const part = work.next()
      if (part.done === true) return part.value
    } while (now() - began < turnMs)
    await pause()
  }
}
