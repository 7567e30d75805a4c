import type { StepView } from './step-view.ts'

const shown = 3

/** Where a step stands in the plan, in plain sentences: what it waits for, what waits for it. */
export function whyHere(
  step: StepView,
  titleOf: (id: string) => string,
  pools: Readonly<Record<string, number>>,
): string {
  const names = (ids: readonly string[]) => list(ids.map((id) => `“${titleOf(id)}”`))
  const { needs, neededBy, critical, optional } = step
  const sentences = [
    needs.length === 0
      ? 'It waits for nothing and can start with the run.'
      : `It starts when ${names(needs)} ${needs.length === 1 ? 'has' : 'have'} ended.`,
    neededBy.length === 0
      ? 'Nothing waits for it: the plan ends with it.'
      : `${names(neededBy)} ${neededBy.length === 1 ? 'waits' : 'wait'} for it.`,
    ...Object.entries(step.slots).map(
      ([pool, slots]) => `While it runs it takes ${slots} of the ${pools[pool] ?? 0} ${pool} slots.`,
    ),
    critical && 'It is on the critical path: if it takes longer, so does the plan.',
    optional && 'The run can continue without it.',
  ]
  return sentences.filter((sentence) => sentence !== false).join(' ')
}

/** "a", "a and b", "a, b, c and 4 more". */
function list(names: readonly string[]): string {
  const more = names.length - shown
  const said = more > 1 ? [...names.slice(0, shown), `${more} more`] : names
  return said.length < 2 ? (said[0] ?? '') : `${said.slice(0, -1).join(', ')} and ${said.at(-1)}`
}
