import type { RawEffects, RawMethod, RawProblem } from '#engine/planning/lab/hddl/ground.ts'
import type { HtnAction, HtnEffects, HtnMethod, HtnProblem, Label } from './model.ts'

/**
 * Leaves out what cannot matter: actions that cannot become applicable, methods and tasks that cannot be finished or
 * are not part of any decomposition, facts that never change or that nothing asks for. Each rule can make room for the
 * others, so they are applied until nothing more goes. Undefined when the root itself goes: there is no plan.
 */
export function prune(raw: RawProblem): HtnProblem | undefined {
  const strips = withOpposites(raw)
  const actionOf = new Int32Array(raw.taskCount).fill(-1)
  for (const [index, action] of strips.actions.entries()) actionOf[action.task] = index
  const lists = methodLists(raw)
  let actionAlive = new Uint8Array(strips.actions.length).fill(1)
  let methodAlive = new Uint8Array(raw.methods.length).fill(1)
  for (;;) {
    const applicable = applicableActions(strips, actionAlive)
    const finishable = finishableMethods(raw, lists, actionOf, applicable, methodAlive)
    const used = usedFromRoot(raw, lists, actionOf, strips.actions.length, finishable)
    const same = sameBits(used.actions, actionAlive) && sameBits(used.methods, methodAlive)
    actionAlive = used.actions
    methodAlive = used.methods
    if (!used.methods.includes(1)) return undefined
    if (same) return compact(raw, strips, actionAlive, methodAlive)
  }
}

interface StripsAction extends RawEffects {
  readonly task: number
  readonly index: number
  readonly conditional: readonly RawEffects[]
}

interface Strips {
  readonly factCount: number
  readonly init: readonly number[]
  readonly actions: readonly StripsAction[]
}

/** Gives each fact that is asked for negatively an opposite fact, so that all needs are positive. */
function withOpposites(raw: RawProblem): Strips {
  const opposite: number[] = Array.from({ length: raw.factCount }, () => -1)
  const positive = (needs: readonly number[]) =>
    needs.map((literal) => {
      if (literal >= 0) return literal
      if (opposite[~literal] === -1) {
        opposite[~literal] = opposite.length
        opposite.push(~literal)
      }
      return opposite[~literal] ?? -1
    })
  const needed = raw.actions.map((action) => ({
    needs: positive(action.needs),
    conditional: action.conditional.map((effect) => positive(effect.needs)),
  }))
  const both = (gone: readonly number[], come: readonly number[]) => [
    ...come,
    ...gone.flatMap((fact) => ((opposite[fact] ?? -1) >= 0 && !come.includes(fact) ? [opposite[fact] ?? -1] : [])),
  ]
  const actions = raw.actions.map(
    (action, index): StripsAction => ({
      task: action.task,
      index,
      needs: needed[index]?.needs ?? [],
      adds: both(action.deletes, action.adds),
      deletes: both(action.adds, action.deletes),
      conditional: action.conditional.map((effect, number) => ({
        needs: needed[index]?.conditional[number] ?? [],
        adds: both(effect.deletes, effect.adds),
        deletes: both(effect.adds, effect.deletes),
      })),
    }),
  )
  const holds = new Set(raw.init)
  const init = [...raw.init]
  for (let fact = 0; fact < raw.factCount; fact++) {
    const other = opposite[fact] ?? -1
    if (other >= 0 && !holds.has(fact)) init.push(other)
  }
  return { factCount: opposite.length, init, actions }
}

interface MethodLists {
  /** For each task the methods that refine it, and the methods that have it as a subtask (once per occurrence). */
  readonly refining: readonly number[][]
  readonly using: readonly number[][]
}

function methodLists(raw: RawProblem): MethodLists {
  const refining: number[][] = Array.from({ length: raw.taskCount }, () => [])
  const using: number[][] = Array.from({ length: raw.taskCount }, () => [])
  for (const [index, method] of raw.methods.entries()) {
    refining[method.task]?.push(index)
    for (const subtask of method.subtasks) using[subtask]?.push(index)
  }
  return { refining, using }
}

function applicableActions(strips: Strips, alive: Uint8Array): Uint8Array {
  const reached = new Uint8Array(strips.factCount)
  const rules: { action: number; adds: readonly number[] }[] = []
  const waiting: number[] = []
  const users: number[][] = Array.from({ length: strips.factCount }, () => [])
  const applicable = new Uint8Array(strips.actions.length)
  const queue: number[] = []
  const fire = (rule: number) => {
    const { action, adds } = rules[rule] ?? { action: -1, adds: [] }
    if (action >= 0) applicable[action] = 1
    for (const fact of adds) hold(fact)
  }
  const hold = (fact: number) => {
    if (reached[fact] === 1) return
    reached[fact] = 1
    queue.push(fact)
  }
  const addRule = (action: number, needs: readonly number[], adds: readonly number[]) => {
    const rule = rules.push({ action, adds }) - 1
    waiting.push(needs.length)
    for (const fact of needs) users[fact]?.push(rule)
  }
  for (const action of strips.actions) {
    if (alive[action.index] !== 1) continue
    addRule(action.index, action.needs, action.adds)
    for (const effect of action.conditional) addRule(-1, [...new Set([...action.needs, ...effect.needs])], effect.adds)
  }
  for (const [rule, count] of waiting.entries()) if (count === 0) fire(rule)
  for (const fact of strips.init) hold(fact)
  for (let fact = queue.pop(); fact !== undefined; fact = queue.pop()) {
    for (const rule of users[fact] ?? []) {
      const left = (waiting[rule] ?? 0) - 1
      waiting[rule] = left
      if (left === 0) fire(rule)
    }
  }
  return applicable
}

function finishableMethods(
  raw: RawProblem,
  lists: MethodLists,
  actionOf: Int32Array,
  applicable: Uint8Array,
  alive: Uint8Array,
): Uint8Array {
  const finishable = new Uint8Array(raw.methods.length)
  const waiting = raw.methods.map((method) => method.subtasks.length)
  const done = new Uint8Array(raw.taskCount)
  const queue: number[] = []
  const finish = (method: number) => {
    if (alive[method] !== 1) return
    finishable[method] = 1
    const task = raw.methods[method]?.task ?? -1
    if (done[task] === 1) return
    done[task] = 1
    queue.push(task)
  }
  for (let task = 0; task < raw.taskCount; task++) {
    const action = actionOf[task] ?? -1
    if (action >= 0 && applicable[action] === 1) {
      done[task] = 1
      queue.push(task)
    }
  }
  for (const [method, count] of waiting.entries()) if (count === 0) finish(method)
  for (let task = queue.pop(); task !== undefined; task = queue.pop()) {
    for (const method of lists.using[task] ?? []) {
      const left = (waiting[method] ?? 0) - 1
      waiting[method] = left
      if (left === 0) finish(method)
    }
  }
  return finishable
}

function usedFromRoot(
  raw: RawProblem,
  lists: MethodLists,
  actionOf: Int32Array,
  actionCount: number,
  finishable: Uint8Array,
): { actions: Uint8Array<ArrayBuffer>; methods: Uint8Array<ArrayBuffer> } {
  const actions = new Uint8Array(actionCount)
  const methods = new Uint8Array(raw.methods.length)
  const seen = new Uint8Array(raw.taskCount)
  const queue = [raw.root]
  seen[raw.root] = 1
  for (let task = queue.pop(); task !== undefined; task = queue.pop()) {
    const action = actionOf[task] ?? -1
    if (action >= 0) actions[action] = 1
    for (const method of lists.refining[task] ?? []) {
      if (finishable[method] !== 1) continue
      methods[method] = 1
      for (const subtask of raw.methods[method]?.subtasks ?? []) {
        if (seen[subtask] === 1) continue
        seen[subtask] = 1
        queue.push(subtask)
      }
    }
  }
  return { actions, methods }
}

function sameBits(left: Uint8Array, right: Uint8Array): boolean {
  return left.every((bit, index) => bit === right[index])
}

function compact(raw: RawProblem, strips: Strips, actionAlive: Uint8Array, methodAlive: Uint8Array): HtnProblem {
  const kept = strips.actions.filter((action) => actionAlive[action.index] === 1)
  const holds = new Uint8Array(strips.factCount)
  for (const fact of strips.init) holds[fact] = 1
  const deleted = new Uint8Array(strips.factCount)
  const asked = new Uint8Array(strips.factCount)
  for (const action of kept) {
    for (const effects of [action, ...action.conditional]) {
      for (const fact of effects.deletes) deleted[fact] = 1
      for (const fact of effects.needs) asked[fact] = 1
    }
  }
  // A fact matters when something asks for it and it does not hold for good.
  const factIds = new Int32Array(strips.factCount).fill(-1)
  let factCount = 0
  for (let fact = 0; fact < strips.factCount; fact++) {
    if (asked[fact] === 1 && !(holds[fact] === 1 && deleted[fact] === 0)) factIds[fact] = factCount++
  }
  const facts = (list: readonly number[]) =>
    Int32Array.from(list.map((fact) => factIds[fact] ?? -1).filter((fact) => fact >= 0)).sort()
  const effects = ({ needs, adds, deletes }: RawEffects): HtnEffects => ({
    needs: facts(needs),
    adds: facts(adds),
    deletes: facts(deletes),
  })

  const taskIds = new Int32Array(raw.taskCount).fill(-1)
  let taskCount = 0
  for (const action of kept) taskIds[action.task] = taskCount++
  const actions = kept.map(
    (action): HtnAction => ({
      ...effects(action),
      label: raw.actions[action.index]?.label,
      conditional: action.conditional.map(effects).filter((effect) => effect.adds.length + effect.deletes.length > 0),
    }),
  )
  const methods: RawMethod[] = raw.methods.filter((_, index) => methodAlive[index] === 1)
  for (const { task } of methods) if (taskIds[task] === -1) taskIds[task] = taskCount++
  const methodsOf: number[][] = Array.from({ length: taskCount }, () => [])
  const finished = methods.map((method, index): HtnMethod => {
    const task = taskIds[method.task] ?? -1
    methodsOf[task]?.push(index)
    return {
      task,
      name: method.name,
      subtasks: Int32Array.from(method.subtasks, (subtask) => taskIds[subtask] ?? -1),
      before: method.before,
      ordered: isChain(method),
    }
  })
  const taskLabels = Array.from({ length: taskCount }, (): Label | undefined => undefined)
  for (const [task, label] of raw.labels) {
    const id = taskIds[task] ?? -1
    if (id >= 0) taskLabels[id] = label
  }
  const isOpposite = new Uint8Array(factCount)
  for (let fact = raw.factCount; fact < strips.factCount; fact++) {
    const id = factIds[fact] ?? -1
    if (id >= 0) isOpposite[id] = 1
  }
  return {
    factCount,
    init: facts(strips.init),
    actions,
    taskCount,
    taskLabels,
    methods: finished,
    methodsOf: methodsOf.map((list) => Int32Array.from(list)),
    root: taskIds[raw.root] ?? -1,
    totallyOrdered: finished.every((method) => method.ordered),
    isOpposite,
  }
}

/** True when each subtask is, directly or not, before the next one: the positions are already topologically sorted. */
function isChain(method: RawMethod): boolean {
  const direct = new Set(method.before.map(([a, b]) => `${a} ${b}`))
  return method.subtasks.every((_, index) => index === 0 || direct.has(`${index - 1} ${index}`))
}
