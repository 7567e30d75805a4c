import type { HtnProblem, Label } from './model.ts'
import type { Trace } from './total.ts'

/** A task of a finished decomposition: refined by a method into children, or an action at its place in the plan. */
export interface DecomposedTask {
  readonly id: number
  /** The method's name; undefined for an action. */
  readonly method: string | undefined
  readonly label: Label | undefined
  /** Ids of the subtasks, in the method's order; empty for an action. */
  readonly children: readonly number[]
}

/** A plan with the decomposition that it comes from, as the 2020 competition asks for it. */
export interface HtnPlan {
  readonly actions: readonly { readonly id: number; readonly label: Label }[]
  /** By id; 0 is the initial network. */
  readonly tasks: ReadonlyMap<number, DecomposedTask>
}

/** The actions of a trace in their order, without technical ones. */
export function planOf(problem: HtnProblem, trace: Trace): Label[] {
  const plan: Label[] = []
  for (let at = 1; at < trace.length; at += 2) {
    const action = trace[at] ?? 0
    const label = action < 0 ? problem.actions[~action]?.label : undefined
    if (label !== undefined) plan.push(label)
  }
  return plan
}

/**
 * The decomposition of a trace. Checks of conditions are left out, and an action that could be done in several ways
 * appears as itself.
 */
export function decompositionOf(problem: HtnProblem, trace: Trace): HtnPlan {
  const actions: { id: number; label: Label }[] = []
  const refined = new Map<number, { method: number; first: number }>()
  const done = new Map<number, number>()
  let instances = 1
  for (let at = 0; at < trace.length; at += 2) {
    const instance = trace[at] ?? 0
    const via = trace[at + 1] ?? 0
    if (via >= 0) {
      refined.set(instance, { method: via, first: instances })
      instances += problem.methods[via]?.subtasks.length ?? 0
      continue
    }
    done.set(instance, ~via)
    const label = problem.actions[~via]?.label
    if (label !== undefined) actions.push({ id: instance, label })
  }
  /** What stands for an instance: nothing for a check, the one action below a technical task. */
  const shown = (instance: number): number[] => {
    const action = done.get(instance)
    if (action !== undefined) return problem.actions[action]?.label === undefined ? [] : [instance]
    const { method = -1, first = 0 } = refined.get(instance) ?? {}
    return problem.methods[method]?.name === undefined ? shown(first) : [instance]
  }
  const tasks = new Map<number, DecomposedTask>()
  for (const { id, label } of actions) tasks.set(id, { id, label, method: undefined, children: [] })
  for (const [id, { method: number, first }] of refined) {
    const method = problem.methods[number]
    if (method?.name === undefined) continue
    const children = Array.from(method.subtasks, (_, index) => shown(first + index)).flat()
    tasks.set(id, { id, label: problem.taskLabels[method.task], method: method.name, children })
  }
  return { actions, tasks }
}
