import { assertNever } from '#shared/lib/assert.ts'
import type { Value } from './state.ts'

/** Something to be done by name: an operator's, or a task that methods refine. */
export interface TaskItem {
  readonly kind: 'task'
  readonly name: string
  readonly args: readonly TaskArgument[]
}

/** A state variable that shall have a value. */
export interface GoalItem {
  readonly kind: 'goal'
  readonly variable: string
  readonly argument: Value
  readonly value: Value
}

/** Goals that shall all hold at the same moment. */
export interface GoalsItem {
  readonly kind: 'goals'
  readonly name: string
  readonly goals: readonly GoalItem[]
}

/** One entry of a task network. */
export type Item = TaskItem | GoalItem | GoalsItem

/** What a task can be given: a plain value, or goals to work on. */
export type TaskArgument = Value | GoalsItem

/** Items under a partial order: each pair [a, b] says that item number a is finished before item number b starts. */
export interface Network {
  readonly items: readonly Item[]
  readonly before: readonly (readonly [number, number])[]
}

/** A task by name. */
export function task(name: string, ...args: readonly TaskArgument[]): TaskItem {
  return { kind: 'task', name, args }
}

/** A goal: the variable shall have the value for the argument. */
export function goal(variable: string, argument: Value, value: Value): GoalItem {
  return { kind: 'goal', variable, argument, value }
}

/** Goals to hold together. */
export function goals(name: string, list: readonly GoalItem[]): GoalsItem {
  return { kind: 'goals', name, goals: list }
}

/** A network whose items may be done in any order, also interleaved, save for the given pairs. */
export function network(items: readonly Item[], before: readonly (readonly [number, number])[] = []): Network {
  return { items, before }
}

/** An item in words: travel(alice, park), loc(alice) = park, or the name of a set of goals. */
export function itemText(item: Item): string {
  switch (item.kind) {
    case 'task':
      return `${item.name}(${item.args.map(argumentText).join(', ')})`
    case 'goal':
      return `${item.variable}(${item.argument ?? ''}) = ${item.value}`
    case 'goals':
      return item.name
    default:
      return assertNever(item)
  }
}

function argumentText(argument: TaskArgument): string {
  return typeof argument === 'object' && argument !== null ? argument.name : String(argument)
}

/** A key that is equal for equal items and different for different ones. */
export function itemKey(item: Item): string {
  return JSON.stringify(item)
}
