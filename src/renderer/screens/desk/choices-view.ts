import { formatUsd } from '#renderer/ui/format.ts'
import { plainName } from '#renderer/ui/words.ts'
import type { PlanChoice } from '#shared/domain/plan-choice.ts'

/** One choice as a point of the plot, in its coordinates; fuller ones are larger. */
export interface ChoicePoint {
  readonly choice: PlanChoice
  readonly x: number
  readonly y: number
  readonly radius: number
}

/** The room that the plot has, its edges kept clear. */
export interface PlotRoom {
  readonly width: number
  readonly height: number
  readonly edge: number
}

const radii = { least: 4, most: 8 }

/** The choices with time to the right and cost upwards; where all are alike in one of them, in its middle. */
export function plotChoices(choices: readonly PlanChoice[], { width, height, edge }: PlotRoom): ChoicePoint[] {
  const place = (values: readonly number[]) => {
    const [least, most] = [Math.min(...values), Math.max(...values)]
    return (value: number) => (most === least ? 0.5 : (value - least) / (most - least))
  }
  const right = place(choices.map(({ seconds }) => seconds))
  const up = place(choices.map(({ usd }) => usd))
  return choices.map((choice) => ({
    choice,
    x: edge + right(choice.seconds) * (width - 2 * edge),
    y: height - edge - up(choice.usd) * (height - 2 * edge),
    radius: radii.least + (radii.most - radii.least) * choice.coverage,
  }))
}

/** What tells a choice from every other. */
export function choiceKey({ leaveOut, slots }: Pick<PlanChoice, 'leaveOut' | 'slots'>): string {
  return [slots, ...leaveOut].join(' ')
}

/** What is to be said of a choice, in a word or two each. */
export function markWords({ marks }: PlanChoice, profile: string): string {
  return marks.map((mark) => (mark === 'profile' ? `${profile} unchanged` : mark)).join(', ')
}

/** What a choice does without: "All research.", or "Without macro factors and on-chain metrics.". */
export function withoutWords({ leaveOut }: PlanChoice): string {
  const names = leaveOut.map(plainName)
  if (names.length === 0) return 'All research.'
  return `Without ${names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`}.`
}

/** A choice in one sentence, for who cannot see the plot. */
export function planChoiceWords(choice: PlanChoice): string {
  const { seconds, usd, coverage, slots } = choice
  return `${seconds} s, ${formatUsd(usd)}, ${Math.round(coverage * 100)} % of the research, ${slots} in parallel. ${withoutWords(choice)}`
}
