/** A value a state variable can hold, and a thing an operator can be given. */
export type Value = string | number | boolean | null

/**
 * What is true at one moment: state variables by name, each a table from argument to value. Immutable; a variable
 * without argument is kept under the argument null.
 */
export type State = ReadonlyMap<string, ReadonlyMap<Value, Value>>

/** Builds a state from tables; the order of the entries is kept, and methods may rely on it. */
export function stateOf(variables: Readonly<Record<string, Iterable<readonly [Value, Value]>>>): State {
  return new Map(Object.entries(variables).map(([name, table]) => [name, new Map(table)]))
}

/** The value of a variable for an argument (null for none); undefined when the state says nothing of it. */
export function valueAt(state: State, variable: string, argument: Value = null): Value | undefined {
  return state.get(variable)?.get(argument)
}

/** The state with one value changed; the given state is left as it was. */
export function withValue(state: State, variable: string, argument: Value, value: Value): State {
  const table = new Map(state.get(variable))
  table.set(argument, value)
  const next = new Map(state)
  next.set(variable, table)
  return next
}

const keys = new WeakMap<State, string>()

/** A key that is equal only for states that say the same in the same order. */
export function stateKey(state: State): string {
  let key = keys.get(state)
  if (key === undefined) {
    key = JSON.stringify(Array.from(state, ([name, table]) => [name, [...table]]))
    keys.set(state, key)
  }
  return key
}
