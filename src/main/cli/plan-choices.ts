import type { PlanChoice, PlanChoices } from '#shared/domain/plan-choice.ts'
import type { PlanningConfig } from '#shared/domain/profile.ts'
import type { Goal } from '#shared/domain/run.ts'
import { hang, type Terminal, textTable } from './terminal.ts'

/** The choices of a goal as a table, fastest first, and how to take one. */
export function choicesText(
  goal: Pick<Goal, 'instrument' | 'profile'>,
  { choices, complete }: PlanChoices,
  tasks: PlanningConfig['tasks'],
  { columns, paint }: Terminal,
): string {
  const rows = choices.map((choice) => [
    `${choice.seconds} s`,
    `$${choice.usd.toFixed(2)}`,
    `${Math.round(choice.coverage * 100)} %`,
    String(choice.slots),
    String(choice.sources),
    choice.marks.map((mark) => (mark === 'profile' ? `${goal.profile} unchanged` : mark)).join(', '),
    choice.leaveOut.map((name) => tasks[name]?.title ?? name).join(', '),
  ])
  const other = choices.find(({ marks, leaveOut }) => !marks.includes('profile') && leaveOut.length > 0) ?? choices[0]
  const searched = complete ? 'No choice is worse than another on every measure.' : 'Not every combination was tried.'
  return [
    `${paint.strong(`Ways to decide on ${goal.instrument}`)}  profile ${goal.profile}`,
    textTable([['time', 'cost', 'coverage', 'slots', 'sources', '', 'without'], ...rows], {
      columns,
      align: ['right', 'right', 'right', 'right', 'right'],
    }),
    hang(
      `${searched} To use one: parley analyze ${goal.instrument} --profile ${goal.profile}${optionsOf(other)}`,
      2,
      columns,
    ),
  ].join('\n\n')
}

function optionsOf(choice: PlanChoice | undefined): string {
  if (choice === undefined) return ''
  const without = choice.leaveOut.length === 0 ? '' : ` --leave-out ${choice.leaveOut.join(' ')}`
  return `${without} --slots ${choice.slots}`
}
