import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HddlProblem } from '#engine/planning/lab/hddl/model.ts'
import { readHddl } from '#engine/planning/lab/hddl/reader.ts'
import { verifyPlan } from '#engine/planning/lab/hddl/verify.ts'
import type { HtnPlan } from './plan.ts'
import { solveHddl } from './solve.ts'

/** Stops after a number of questions, so that a test never runs away. */
function patience(questions: number): { stop: () => boolean } {
  let asked = 0
  return { stop: () => ++asked > questions }
}

function plan(problem: HddlProblem, questions = 200_000) {
  const result = solveHddl(problem, patience(questions))
  if (result.status !== 'solved') {
    expect(result.status).toBe('unsolvable')
    return result.status
  }
  expect(verifyPlan(problem, result.decomposition())).toEqual([])
  return result.plan.map(({ name, args }) => [name, ...args].join(' '))
}

function solve(domainBody: string, problemBody: string) {
  return plan(readHddl(`(define (domain d) ${domainBody})`, `(define (problem p) (:domain d) ${problemBody})`))
}

const reference = new URL('../../../../../../../shared/reference/htn/ipc2020/', import.meta.url)
const features = new URL('tests/ipc2020-feature-tests/', reference)

describe.skipIf(!existsSync(reference))('problems of the 2020 competition (skipped where they are missing)', () => {
  const names = existsSync(features)
    ? readdirSync(features)
        .filter((file) => file.endsWith('-domain.hddl'))
        .map((file) => file.slice(0, -'-domain.hddl'.length))
        .filter((name) => existsSync(new URL(`${name}.hddl`, features)))
    : []
  const expected: Record<string, string[]> = {
    arguments: ['noop b b'],
    forall: ['noop'],
    forall2: ['noop f'],
    sortof: ['noop a'],
    'only-primitive': ['noop'],
    'empty-methods-empty-plan': [],
  }

  it.each(names)('feature test %s is solved', (name) => {
    const text = (file: string) => readFileSync(new URL(file, features), 'utf8')
    const found = plan(readHddl(text(`${name}-domain.hddl`), text(`${name}.hddl`)))
    expect(found).toEqual(expected[name] ?? expect.any(Array))
  })

  const problem = (folder: string, name: string) =>
    readHddl(
      readFileSync(new URL(`${folder}/domain.hddl`, reference), 'utf8'),
      readFileSync(new URL(`${folder}/${name}.hddl`, reference), 'utf8'),
    )

  it.each([1, 2, 5, 8])('a tower of %i rings takes two to that power less one moves', (rings) => {
    const found = plan(problem('total-order/Towers', `pfile_${String(rings).padStart(2, '0')}`))
    expect(found).toHaveLength(2 ** rings - 1)
  })

  it.each(['total-order/Transport', 'partial-order/Transport'])('%s delivers everything', (folder) => {
    for (const name of ['pfile01', 'pfile09', 'pfile20']) {
      expect(plan(problem(folder, name))).toEqual(expect.any(Array))
    }
  })
})

describe('solveHddl', () => {
  it('interleaves tasks where only that works', () => {
    // Each task needs, half-way, what the other one has done by then.
    const domain = `
      (:predicates (p1) (p2) (q1))
      (:task left :parameters ()) (:task right :parameters ())
      (:method l :parameters () :task (left) :ordered-subtasks (and (l1) (l2)))
      (:method r :parameters () :task (right) :ordered-subtasks (and (r1) (r2)))
      (:action l1 :parameters () :effect (p1))
      (:action l2 :parameters () :precondition (q1) :effect (p2))
      (:action r1 :parameters () :precondition (p1) :effect (q1))
      (:action r2 :parameters () :precondition (p2))`
    expect(solve(domain, '(:htn :subtasks (and (right) (left))) (:init)')).toEqual(['l1', 'r1', 'l2', 'r2'])
    expect(solve(domain, '(:htn :ordered-subtasks (and (right) (left))) (:init)')).toBe('unsolvable')
  })

  it('repeats a task that refines to itself as often as is needed', () => {
    const domain = `
      (:types number)
      (:predicates (count ?n - number) (next ?a ?b - number))
      (:task up :parameters ())
      (:method more :parameters () :task (up) :ordered-subtasks (and (up) (step)))
      (:method enough :parameters () :task (up) :ordered-subtasks (and))
      (:task step :parameters ())
      (:method one :parameters (?a ?b - number) :task (step) :ordered-subtasks (add ?a ?b))
      (:action add :parameters (?a ?b - number) :precondition (and (count ?a) (next ?a ?b))
        :effect (and (not (count ?a)) (count ?b)))`
    expect(
      solve(
        domain,
        `(:objects n0 n1 n2 n3 - number) (:htn :ordered-subtasks (and (up)))
         (:init (count n0) (next n0 n1) (next n1 n2) (next n2 n3)) (:goal (count n3))`,
      ),
    ).toEqual(['add n0 n1', 'add n1 n2', 'add n2 n3'])
  })

  it('knows or, imply, exists, negation, equality and conditional effects', () => {
    const domain = `
      (:types thing)
      (:predicates (red ?t - thing) (seen ?t - thing) (lamp) (dark))
      (:task look :parameters (?t - thing))
      (:method any :parameters (?t ?u - thing) :task (look ?t)
        :precondition (and (not (= ?t ?u)) (or (red ?u) (lamp)) (exists (?x - thing) (seen ?x)))
        :ordered-subtasks (and (switch) (see ?u)))
      (:action switch :parameters () :effect (and (when (lamp) (and (not (lamp)) (dark))) (when (not (lamp)) (lamp))))
      (:action see :parameters (?t - thing) :precondition (and (not (dark)) (imply (red ?t) (lamp)))
        :effect (forall (?x - thing) (when (not (= ?x ?t)) (and (seen ?t) (not (seen ?x))))))`
    const start = '(:objects a b - thing) (:htn :parameters (?t - thing) :ordered-subtasks (and (look ?t)))'
    expect(solve(domain, `${start} (:init (red b) (seen a)) (:goal (and (seen b) (not (seen a))))`)).toEqual([
      'switch',
      'see b',
    ])
    expect(solve(domain, `${start} (:init (red b) (seen a) (lamp)) (:goal (seen b))`)).toBe('unsolvable')
    expect(solve(domain, `${start} (:init (red b))`)).toBe('unsolvable')
  })

  it('adding wins over deleting, whatever the conditions', () => {
    const domain = `
      (:predicates (p) (q))
      (:action both :parameters () :effect (and (not (p)) (when (q) (p))))
      (:action clear :parameters () :effect (and (p) (when (q) (not (p)))))
      (:action want :parameters () :precondition (p))
      (:action shun :parameters () :precondition (not (p)))`
    const run = (...tasks: string[]) => `(:htn :ordered-subtasks (and ${tasks.map((name) => `(${name})`).join(' ')}))`
    expect(solve(domain, `${run('both', 'want')} (:init (q))`)).toEqual(['both', 'want'])
    expect(solve(domain, `${run('both', 'shun')} (:init (q))`)).toBe('unsolvable')
    expect(solve(domain, `${run('both', 'shun')} (:init (p))`)).toEqual(['both', 'shun'])
    expect(solve(domain, `${run('clear', 'want')} (:init (q))`)).toEqual(['clear', 'want'])
  })

  it('says unknown, not unsolvable, when it is stopped', () => {
    const text = (needed: string) =>
      [
        `(define (domain d) (:predicates (x) (y)) (:task t :parameters ())
          (:method m :parameters () :task (t) :ordered-subtasks (and (a) (b)))
          (:action a :parameters () :effect (x)) (:action b :parameters () :precondition (${needed})))`,
        '(define (problem p) (:domain d) (:htn :tasks (t)) (:init))',
      ] as const
    expect(solveHddl(readHddl(...text('x')), { stop: () => true }).status).toBe('unknown')
    expect(solveHddl(readHddl(...text('x')), patience(1000)).status).toBe('solved')
    expect(solveHddl(readHddl(...text('y')), patience(1000)).status).toBe('unsolvable')
  })

  it('the checker finds what is wrong with a plan', () => {
    const problem = readHddl(
      `(define (domain d) (:predicates (p)) (:task t :parameters ())
        (:method m :parameters () :task (t) :precondition (not (p)) :ordered-subtasks (and (a) (b)))
        (:action a :parameters () :effect (p)) (:action b :parameters () :precondition (p)))`,
      '(define (problem p) (:domain d) (:htn :tasks (t)) (:init))',
    )
    const result = solveHddl(problem, patience(1000))
    if (result.status !== 'solved') throw new Error('There is a plan')
    const right = result.decomposition()
    expect(verifyPlan(problem, right)).toEqual([])
    const backwards: HtnPlan = { ...right, actions: right.actions.toReversed() }
    expect(verifyPlan(problem, backwards)).toContain('Step 1, b(), cannot be done.')
    const [first] = right.actions
    const short: HtnPlan = { ...right, actions: first === undefined ? [] : [first] }
    expect(verifyPlan(problem, short)).not.toEqual([])
    const tasks = new Map([...right.tasks].map(([id, one]) => [id, { ...one, children: one.children.slice(0, 1) }]))
    expect(verifyPlan(problem, { ...right, tasks })).not.toEqual([])
  })
})

// Random problems without variables: three actions over three facts, two tasks with methods that use only what comes
// later, so that every plan can be listed.

const facts = ['p', 'q', 'r']
const literals = fc.uniqueArray(fc.tuple(fc.constantFrom(...facts), fc.boolean()), {
  selector: ([fact]) => fact,
  maxLength: 2,
})
type Literals = [string, boolean][]
const subtasks = (names: string[]) => fc.array(fc.constantFrom(...names), { maxLength: 3 })
const methods = (names: string[]) =>
  fc.array(fc.record({ needs: literals, subtasks: subtasks(names), ordered: fc.boolean() }), { maxLength: 2 })
const smallProblem = fc.record({
  actions: fc.array(fc.record({ needs: literals, effects: literals }), { minLength: 3, maxLength: 3 }),
  t0: methods(['a0', 'a1', 'a2', 't1']),
  t1: methods(['a0', 'a1', 'a2']),
  top: subtasks(['t0', 't1', 'a0']),
  ordered: fc.boolean(),
  init: fc.subarray(facts),
  goal: literals,
})
type Small = typeof smallProblem extends fc.Arbitrary<infer T> ? T : never

function conjunction(list: Literals): string {
  return `(and ${list.map(([fact, positive]) => (positive ? `(${fact})` : `(not (${fact}))`)).join(' ')})`
}

function networkText(list: readonly string[], ordered: boolean): string {
  return `${ordered ? ':ordered-subtasks' : ':subtasks'} (and ${list.map((name) => `(${name})`).join(' ')})`
}

function textOf(small: Small): [string, string] {
  const method = (task: string) =>
    small[task as 't0' | 't1'].map(
      ({ needs, subtasks, ordered }, index) =>
        `(:method ${task}m${index} :parameters () :task (${task}) :precondition ${conjunction(needs)} ${networkText(subtasks, ordered)})`,
    )
  return [
    `(define (domain d) (:predicates (p) (q) (r)) (:task t0 :parameters ()) (:task t1 :parameters ())
      ${[...method('t0'), ...method('t1')].join('\n')}
      ${small.actions.map(({ needs, effects }, index) => `(:action a${index} :parameters () :precondition ${conjunction(needs)} :effect ${conjunction(effects)})`).join('\n')})`,
    `(define (problem x) (:domain d) (:htn ${networkText(small.top, small.ordered)})
      (:init ${small.init.map((fact) => `(${fact})`).join(' ')}) (:goal ${conjunction(small.goal)}))`,
  ]
}

/** Whether any plan exists, by trying everything; undefined when that gets too much. */
function hasPlan(small: Small): boolean | undefined {
  interface Todo {
    id: number
    name: string
    check?: Literals
    after: number[]
  }
  let ids = 0
  let tries = 0
  const place = (list: readonly string[], ordered: boolean, after: number[]): Todo[] => {
    const todos: Todo[] = []
    for (const name of list) {
      const last = todos.at(-1)
      todos.push({ id: ids++, name, after: ordered && last !== undefined ? [...after, last.id] : after })
    }
    return todos
  }
  const fits = (state: ReadonlySet<string>, needs: Literals) => needs.every(([fact, yes]) => state.has(fact) === yes)
  const search = (state: ReadonlySet<string>, todos: readonly Todo[]): boolean => {
    if (++tries > 30_000) return false
    if (todos.length === 0) return fits(state, small.goal)
    const without = (gone: Todo) => todos.filter((todo) => todo !== gone)
    return todos
      .filter((todo) => !todo.after.some((id) => todos.some((other) => other.id === id)))
      .some((todo) => {
        if (todo.check !== undefined) return fits(state, todo.check) && search(state, without(todo))
        if (todo.name.startsWith('t')) {
          return small[todo.name as 't0' | 't1'].some(({ needs, subtasks, ordered }) => {
            const check: Todo = { id: ids++, name: 'check', check: needs, after: [] }
            const inner = place(subtasks, ordered, [check.id])
            const all = [check.id, ...inner.map(({ id }) => id)]
            const rest = without(todo).map((other) =>
              other.after.includes(todo.id) ? { ...other, after: [...other.after, ...all] } : other,
            )
            return search(state, [check, ...inner, ...rest])
          })
        }
        const action = small.actions[Number(todo.name.slice(1))]
        if (action === undefined || !fits(state, action.needs)) return false
        const next = new Set(state)
        for (const [fact, yes] of action.effects) if (!yes) next.delete(fact)
        for (const [fact, yes] of action.effects) if (yes) next.add(fact)
        return search(next, without(todo))
      })
  }
  const found = search(new Set(small.init), place(small.top, small.ordered, []))
  return found || tries <= 30_000 ? found : undefined
}

describe('solveHddl on random small problems', () => {
  it('finds a plan exactly when trying everything finds one, and every plan passes the checker', () => {
    fc.assert(
      fc.property(smallProblem, (small) => {
        const possible = hasPlan(small)
        fc.pre(possible !== undefined)
        expect(Array.isArray(plan(readHddl(...textOf(small))))).toBe(possible)
      }),
      { numRuns: 400 },
    )
  })

  it('gives the same plan for the same input', () => {
    fc.assert(
      fc.property(smallProblem, (small) => {
        expect(plan(readHddl(...textOf(small)))).toEqual(plan(readHddl(...textOf(small))))
      }),
      { numRuns: 30 },
    )
  })
})
