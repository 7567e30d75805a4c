import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decompose } from './decompose.ts'
import { atLeast, type Domain, equals, type GoalsMethod, type Operator, splitGoals, type TaskMethod } from './domain.ts'
import { type GoalItem, type GoalsItem, goal, goals, type Item, task } from './network.ts'
import { type State, stateOf, type Value, valueAt, withValue } from './state.ts'

// The example domains of GTPyhop (github dananau/GTPyhop, Examples), written anew for this planner, against the plans
// that GTPyhop itself gives.

const reference = new URL('../../../../../../shared/reference/htn/gtpyhop-cases.json', import.meta.url)

type Op = Operator<undefined>
type Args = readonly Value[]

function operator(name: string, apply: (state: State, ...args: Args) => State | undefined): Op {
  return { name, apply: (state, args) => apply(state, ...(args as Args)) }
}

function method(name: string, refine: (state: State, ...args: Args) => Item[] | undefined): TaskMethod<undefined> {
  return { name, refine: (state, args) => refine(state, ...(args as Args)) }
}

function changed(state: State, changes: readonly [string, Value, Value][]): State {
  return changes.reduce((now, [variable, argument, value]) => withValue(now, variable, argument, value), state)
}

// Travel: on foot up to a distance of 2, else by taxi at 1.5 + 0.5 a unit of distance.

const roads: readonly [Value, Value, number][] = [
  ['home_a', 'park', 8],
  ['home_b', 'park', 2],
  ['station', 'home_a', 1],
  ['station', 'home_b', 7],
  ['home_a', 'home_b', 7],
  ['station', 'park', 9],
]
const people: readonly Value[] = ['alice', 'bob']
const places: readonly Value[] = ['home_a', 'home_b', 'park', 'station']
const taxis: readonly Value[] = ['taxi1', 'taxi2']

function distance(from: Value, to: Value): number {
  const road = roads.find(([a, b]) => (a === from && b === to) || (a === to && b === from))
  return road?.[2] ?? Number.POSITIVE_INFINITY
}

function fare(from: Value, to: Value): number {
  return 1.5 + 0.5 * distance(from, to)
}

const travelOperators: Op[] = [
  {
    name: 'walk',
    parameters: [
      { name: 'who', type: 'person' },
      { name: 'from', type: 'place' },
      { name: 'to', type: 'place' },
    ],
    conditions: (_state, [who, from]) => [equals('loc', who as Value, from as Value)],
    apply: (state, [who, from, to]) => (from === to ? undefined : withValue(state, 'loc', who as Value, to as Value)),
  },
  {
    name: 'call_taxi',
    parameters: [
      { name: 'who', type: 'person' },
      { name: 'at', type: 'place' },
    ],
    apply: (state, [who, at]) =>
      changed(state, [
        ['loc', 'taxi1', at as Value],
        ['loc', who as Value, 'taxi1'],
      ]),
  },
  operator('ride_taxi', (state, who = null, to = null) => {
    const taxi = valueAt(state, 'loc', who) ?? null
    const from = valueAt(state, 'loc', taxi) ?? null
    if (!taxis.includes(taxi) || !places.includes(from) || from === to) return undefined
    return changed(state, [
      ['loc', taxi, to],
      ['owe', who, fare(from, to)],
    ])
  }),
  operator('pay_driver', (state, who = null, at = null) => {
    const cash = Number(valueAt(state, 'cash', who))
    const owed = Number(valueAt(state, 'owe', who))
    if (cash < owed) return undefined
    return changed(state, [
      ['cash', who, cash - owed],
      ['owe', who, 0],
      ['loc', who, at],
    ])
  }),
]

function onFoot(state: State, who: Value, to: Value): Item[] | undefined {
  const from = valueAt(state, 'loc', who) ?? null
  return from !== to && distance(from, to) <= 2 ? [task('walk', who, from, to)] : undefined
}

function byTaxi(state: State, who: Value, to: Value): Item[] | undefined {
  const from = valueAt(state, 'loc', who) ?? null
  if (from === to || !atLeast('cash', who, fare(from, to)).holds(state)) return undefined
  return [task('call_taxi', who, from), task('ride_taxi', who, to), task('pay_driver', who, to)]
}

const types = { person: people, place: places }

const simpleHtn: Domain = {
  name: 'simple_htn',
  types,
  operators: travelOperators,
  taskMethods: {
    travel: [
      method('stay', (state, who = null, to = null) => (valueAt(state, 'loc', who) === to ? [] : undefined)),
      method('on foot', (state, who = null, to = null) => onFoot(state, who, to)),
      {
        ...method('by taxi', (state, who = null, to = null) => byTaxi(state, who, to)),
        conditions: (state, [who, to]) => [
          atLeast('cash', who as Value, fare(valueAt(state, 'loc', who as Value) ?? null, to as Value)),
        ],
      },
    ],
  },
}

const simpleHgn: Domain = {
  name: 'simple_hgn',
  types,
  operators: travelOperators,
  taskMethods: {},
  goalMethods: {
    loc: [
      { name: 'on foot', refine: (state, { argument, value }) => onFoot(state, argument, value) },
      { name: 'by taxi', refine: (state, { argument, value }) => byTaxi(state, argument, value) },
    ],
  },
  goalsMethods: [splitGoals],
}

// Backtracking: a flag is set by one task and looked at by the next.

function pair(name: string, put: number, get: number): TaskMethod<undefined> {
  return method(name, () => [task('putv', put), task('getv', get)])
}
const need0 = method('need 0', () => [task('getv', 0)])
const need1 = method('need 1', () => [task('getv', 1)])

const backtrackingHtn: Domain = {
  name: 'backtracking_htn',
  operators: [
    operator('putv', (state, value = null) => withValue(state, 'flag', null, value)),
    operator('getv', (state, value = null) => (valueAt(state, 'flag') === value ? state : undefined)),
  ],
  taskMethods: {
    put_it: [pair('wrong', 0, 1), pair('both 0', 0, 0), pair('both 1', 1, 1)],
    need0: [need0],
    need1: [need1],
    need01: [need0, need1],
    need10: [need1, need0],
  },
}

// Blocks: pos of a block is the table, the hand or a block; clear; holding of the hand is a block or false.

const blockOperators: Op[] = [
  operator('pickup', (state, block = null) =>
    valueAt(state, 'pos', block) === 'table' && valueAt(state, 'clear', block) === true && handIsEmpty(state)
      ? changed(state, taken(block))
      : undefined,
  ),
  operator('unstack', (state, block = null, below = null) =>
    below !== 'table' &&
    valueAt(state, 'pos', block) === below &&
    valueAt(state, 'clear', block) === true &&
    handIsEmpty(state)
      ? changed(state, [...taken(block), ['clear', below, true]])
      : undefined,
  ),
  operator('putdown', (state, block = null) =>
    valueAt(state, 'pos', block) === 'hand' ? changed(state, released(block, 'table')) : undefined,
  ),
  operator('stack', (state, block = null, below = null) =>
    valueAt(state, 'pos', block) === 'hand' && valueAt(state, 'clear', below) === true
      ? changed(state, [...released(block, below), ['clear', below, false]])
      : undefined,
  ),
]

function handIsEmpty(state: State): boolean {
  return valueAt(state, 'holding', 'hand') === false
}

function taken(block: Value): [string, Value, Value][] {
  return [
    ['pos', block, 'hand'],
    ['clear', block, false],
    ['holding', 'hand', block],
  ]
}

function released(block: Value, onto: Value): [string, Value, Value][] {
  return [
    ['pos', block, onto],
    ['clear', block, true],
    ['holding', 'hand', false],
  ]
}

interface Move {
  readonly block: Value
  readonly onto: Value
}

/** The next move of Gupta and Nau's blocks-world strategy (Artificial Intelligence 56, 1992); undefined when done. */
function nextMove(state: State, wanted: GoalsItem): Move | undefined {
  const target = new Map(
    wanted.goals.filter((item) => item.variable === 'pos').map((item) => [item.argument, item.value]),
  )
  const at = (block: Value): Value => valueAt(state, 'pos', block) ?? null
  const settled = (block: Value): boolean => {
    if (block === 'table') return true
    if (target.has(block) && target.get(block) !== at(block)) return false
    return at(block) === 'table' || settled(at(block))
  }
  const free = [...(state.get('clear') ?? [])].filter(([, clear]) => clear === true).map(([block]) => block)
  const restless = free.filter((block) => !settled(block))
  for (const block of restless) {
    const onto = target.get(block) ?? 'table'
    if (onto === 'table') return { block, onto }
    if (settled(onto) && valueAt(state, 'clear', onto) === true) return { block, onto }
  }
  const inTheWay = restless.find((block) => at(block) !== 'table')
  return inTheWay === undefined ? undefined : { block: inTheWay, onto: 'table' }
}

const take = method('take', (state, block = null) => {
  if (valueAt(state, 'clear', block) !== true) return undefined
  const below = valueAt(state, 'pos', block) ?? null
  return below === 'table' ? [task('pickup', block)] : [task('unstack', block, below)]
})

const put = method('put', (state, block = null, onto = null) => {
  if (valueAt(state, 'holding', 'hand') !== block) return undefined
  return onto === 'table' ? [task('putdown', block)] : [task('stack', block, onto)]
})

const blocksHtn: Domain = {
  name: 'blocks_htn',
  operators: blockOperators,
  taskMethods: {
    achieve: [
      {
        name: 'move blocks',
        refine(state, args) {
          const wanted = args[0] as GoalsItem
          const move = nextMove(state, wanted)
          if (move === undefined) return []
          return [task('take', move.block), task('put', move.block, move.onto), task('achieve', wanted)]
        },
      },
    ],
    take: [take],
    put: [put],
  },
}

const moveBlocks: GoalsMethod<undefined> = {
  name: 'move blocks',
  refine(state, wanted) {
    const move = nextMove(state, wanted)
    return move === undefined ? [] : [task('take', move.block), task('put', move.block, move.onto), wanted]
  },
}

const blocksGtn: Domain = {
  name: 'blocks_gtn',
  operators: blockOperators,
  taskMethods: { take: [take], put: [put] },
  goalsMethods: [moveBlocks],
}

function intoHand(state: State, { argument: block, value }: GoalItem): Item[] | undefined {
  if (value !== 'hand' || valueAt(state, 'clear', block) !== true || !handIsEmpty(state)) return undefined
  const below = valueAt(state, 'pos', block) ?? null
  return below === 'table' ? [task('pickup', block)] : [task('unstack', block, below)]
}

function outOfHand(state: State, { argument: block, value: onto }: GoalItem): Item[] | undefined {
  if (onto === 'hand' || valueAt(state, 'pos', block) !== 'hand') return undefined
  if (onto === 'table') return [task('putdown', block)]
  return valueAt(state, 'clear', onto) === true ? [task('stack', block, onto)] : undefined
}

const blocksHgn: Domain = {
  name: 'blocks_hgn',
  operators: blockOperators,
  taskMethods: {},
  goalMethods: {
    pos: [
      { name: 'take', refine: intoHand },
      { name: 'put', refine: outOfHand },
    ],
  },
  goalsMethods: [
    {
      name: 'move blocks',
      refine(state, wanted) {
        const move = nextMove(state, wanted)
        if (move === undefined) return []
        return [goal('pos', move.block, 'hand'), goal('pos', move.block, move.onto), wanted]
      },
    },
  ],
}

const blocksGoalSplitting: Domain = {
  name: 'blocks_goal_splitting',
  operators: blockOperators,
  taskMethods: {},
  goalMethods: {
    pos: [
      {
        name: 'clear, take, put',
        refine(state, { argument: block, value: onto }) {
          if (onto === 'hand' || valueAt(state, 'holding', 'hand') !== false) return undefined
          const room = onto === 'table' ? [] : [goal('clear', onto, true)]
          return [...room, goal('clear', block, true), goal('pos', block, 'hand'), goal('pos', block, onto)]
        },
      },
      { name: 'take', refine: intoHand },
      { name: 'put', refine: outOfHand },
    ],
    clear: [
      {
        name: 'take away what is on top',
        refine(state, { argument: block, value }) {
          if (value !== true) return undefined
          if (block === 'table' || valueAt(state, 'clear', block) === true) return []
          const above = [...(state.get('pos') ?? [])].find(([, below]) => below === block)?.[0]
          return above === undefined ? undefined : [goal('clear', above, true), goal('pos', above, 'table')]
        },
      },
    ],
  },
  goalsMethods: [splitGoals],
}

const domains = new Map(
  [simpleHtn, simpleHgn, backtrackingHtn, blocksHtn, blocksHgn, blocksGtn, blocksGoalSplitting].map((domain) => [
    domain.name,
    domain,
  ]),
)

// The file's tables are Python dictionaries: their order matters, and keys that look like numbers are numbers.

type Table = Record<string, Value>
interface Multigoal {
  $Multigoal: Record<string, Table>
  name: string
}
interface Case {
  domain: string
  state: { $State: Record<string, Table | Value>; name: string }
  todo: ([string, ...(Value | Multigoal)[]] | Multigoal)[]
  expected: [string, ...Value[]][] | false | null
}

function readCases(): Case[] {
  const text = readFileSync(reference, 'utf8').replaceAll(/"(\d+)":/g, '"#$1":')
  return (JSON.parse(text) as { cases: Case[] }).cases
}

function entries(table: Table): [Value, Value][] {
  return Object.entries(table).map(([key, value]) => [key.startsWith('#') ? Number(key.slice(1)) : key, value])
}

function readState({ $State }: Case['state']): State {
  return stateOf(
    Object.fromEntries(
      Object.entries($State).map(([name, table]): [string, [Value, Value][]] => [
        name,
        typeof table === 'object' && table !== null ? entries(table) : [[null, table]],
      ]),
    ),
  )
}

function readGoals({ $Multigoal, name }: Multigoal): GoalsItem {
  return goals(
    name,
    Object.entries($Multigoal).flatMap(([variable, table]) =>
      entries(table).map(([argument, value]) => goal(variable, argument, value)),
    ),
  )
}

function readItem(domain: Domain, item: Case['todo'][number]): Item {
  if (!Array.isArray(item)) return readGoals(item)
  const [name, ...args] = item
  if (domain.goalMethods?.[name] !== undefined) {
    return goal(name, args[0] as Value, args[1] as Value)
  }
  return task(name, ...args.map((arg) => (typeof arg === 'object' && arg !== null ? readGoals(arg) : arg)))
}

describe.skipIf(!existsSync(reference))('GTPyhop examples (skipped where the reference data is missing)', () => {
  const cases = existsSync(reference) ? readCases() : []
  it.each(cases.map((example, index) => [index, example.domain, example.state.name, example] as const))(
    'case %i, %s from %s: gives exactly the expected plan',
    (_index, name, _state, example) => {
      const domain = domains.get(name)
      if (domain === undefined) throw new Error(`No domain ${name}`)
      const result = decompose({
        domain,
        state: readState(example.state),
        todo: example.todo.map((item) => readItem(domain, item)),
        profile: undefined,
      })
      const plan = result.status === 'solved' ? result.steps.map((step) => [step.operator, ...step.args]) : false
      expect(plan).toEqual(example.expected ?? false)
    },
  )
})

describe('the example domains', () => {
  const home = stateOf({
    loc: [
      ['alice', 'home_a'],
      ['bob', 'home_b'],
      ['taxi1', 'park'],
    ],
    cash: [
      ['alice', 5],
      ['bob', 15],
    ],
    owe: [
      ['alice', 0],
      ['bob', 0],
    ],
  })

  it('one who cannot pay the taxi does not get there, and the failure says so', () => {
    const result = decompose({
      domain: simpleHtn,
      state: home,
      todo: [task('travel', 'bob', 'park'), task('travel', 'alice', 'park')],
      profile: undefined,
    })
    expect(result.status).toBe('unsolvable')
    if (result.status === 'solved') return
    expect(result.failures.map((failure) => failure.message)).toEqual([
      'After 3 steps: method stay of travel(alice, park) does not apply.',
      'After 3 steps: method on foot of travel(alice, park) does not apply.',
      'After 3 steps: method by taxi of travel(alice, park) needs cash(alice) >= 5.5.',
    ])
  })

  it('takes back a method when a later task cannot follow it', () => {
    const state = stateOf({ flag: [[null, -1]] })
    const result = decompose({
      domain: backtrackingHtn,
      state,
      todo: [task('put_it'), task('need1')],
      profile: undefined,
    })
    expect(result.status === 'solved' && result.steps.map((step) => step.args[0])).toEqual([1, 1, 1])
  })
})
