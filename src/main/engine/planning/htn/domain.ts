import type { GoalItem, GoalsItem, Item, Network, TaskArgument } from './network.ts'
import type { State, Value } from './state.ts'

/** Something that must hold, with its words; the words are also its identity when causal links are drawn. */
export interface Condition {
  readonly text: string
  holds(state: State): boolean
}

/** An amount of a resource that a step takes while it runs or uses up. */
export interface Need {
  readonly resource: string
  readonly amount: number
}

/** A named parameter. Its type is number, string, boolean, or a name in the domain's types. */
interface Parameter {
  readonly name: string
  readonly type: string
}

/** A step that can be done as it is. The profile is what the planner was started with. */
export interface Operator<Profile> {
  readonly name: string
  /** When given, the number and the types of the arguments are checked. */
  readonly parameters?: readonly Parameter[]
  /** What must hold before; checked in order, and named in failures and causal links. */
  conditions?(state: State, args: readonly TaskArgument[], profile: Profile): readonly Condition[]
  /** The state after the step, or undefined when it cannot be done. Must not change the state it is given. */
  apply(state: State, args: readonly TaskArgument[], profile: Profile): State | undefined
  /** In the planner's one currency; default 0. */
  cost?(state: State, args: readonly TaskArgument[], profile: Profile): number
  /** In seconds; default 0. */
  duration?(state: State, args: readonly TaskArgument[], profile: Profile): number
  needs?(args: readonly TaskArgument[], profile: Profile): readonly Need[]
}

/** What a method answers: items in order, a partially ordered network, or undefined when it does not apply. */
export type Refinement = readonly Item[] | Network | undefined

/** A way to do a task. */
export interface TaskMethod<Profile> {
  readonly name: string
  conditions?(state: State, args: readonly TaskArgument[], profile: Profile): readonly Condition[]
  refine(state: State, args: readonly TaskArgument[], profile: Profile): Refinement
}

/** A way to reach one goal on a variable. */
interface GoalMethod<Profile> {
  readonly name: string
  refine(state: State, goal: GoalItem, profile: Profile): Refinement
}

/** A way to reach several goals together. */
export interface GoalsMethod<Profile> {
  readonly name: string
  refine(state: State, goals: GoalsItem, profile: Profile): Refinement
}

/** What is known of a field: its operators, and methods in order of preference. */
export interface Domain<Profile = undefined> {
  readonly name: string
  /** The members of each named type. */
  readonly types?: Readonly<Record<string, readonly Value[]>>
  readonly operators: readonly Operator<Profile>[]
  readonly taskMethods: Readonly<Record<string, readonly TaskMethod<Profile>[]>>
  readonly goalMethods?: Readonly<Record<string, readonly GoalMethod<Profile>[]>>
  readonly goalsMethods?: readonly GoalsMethod<Profile>[]
}

/** True when the state gives the goal's variable the goal's value. */
export function goalHolds(state: State, goal: GoalItem): boolean {
  return state.get(goal.variable)?.get(goal.argument) === goal.value
}

/** Reaches goals one by one in the order given, then looks again, until all hold at once. */
export const splitGoals: GoalsMethod<unknown> = {
  name: 'split goals',
  refine(state, goals) {
    const open = goals.goals.filter((goal) => !goalHolds(state, goal))
    return open.length === 0 ? [] : [...open, goals]
  },
}

/** The condition that a variable has a value, as words and check. */
export function equals(variable: string, argument: Value, value: Value): Condition {
  return {
    text: `${variable}(${argument ?? ''}) = ${value}`,
    holds: (state) => state.get(variable)?.get(argument) === value,
  }
}

/** The condition that a numeric variable is at least an amount. */
export function atLeast(variable: string, argument: Value, amount: number): Condition {
  return {
    text: `${variable}(${argument ?? ''}) >= ${amount}`,
    holds(state) {
      const value = state.get(variable)?.get(argument)
      return typeof value === 'number' && value >= amount
    },
  }
}
