import { FormulaReader, Scope, Signatures } from './formula.ts'
import {
  type Formula,
  type HddlAction,
  type HddlFact,
  type HddlMethod,
  type HddlProblem,
  type HddlSubtask,
} from './model.ts'
import { Names } from './names.ts'
import {
  asList,
  asWord,
  type Expression,
  hddlError,
  headOf,
  type List,
  readExpression,
  type TextPlace,
  type Word,
} from './text.ts'
import { readTyped, sectionItems, TypeTable } from './types.ts'

/**
 * Reads an HDDL domain and problem: types, constants, quantified, negative, conditional and equality conditions,
 * totally and partially ordered methods. Names are taken as written, else whatever their case. Action costs are read
 * over. Throws HDDL_SYNTAX, HDDL_NAME_UNKNOWN, HDDL_ARITY_WRONG or HDDL_UNSUPPORTED with line and column.
 */
export function readHddl(domainText: string, problemText: string): HddlProblem {
  const domain = sectionsOf(readExpression(domainText, 'domain'), 'domain')
  const problem = sectionsOf(readExpression(problemText, 'problem'), 'problem')
  const types = new TypeTable()
  for (const section of domain.named(':types')) types.declareTypes(sectionItems(section), section)
  for (const section of [...domain.named(':constants'), ...problem.named(':objects')]) {
    types.declareObjects(sectionItems(section), section)
  }

  const predicates = new Signatures('predicate')
  for (const section of domain.named(':predicates')) {
    for (const item of sectionItems(section)) {
      const list = asList(item, 'a predicate', section)
      const name = asWord(list.items[0], 'a predicate', list)
      const parameters = readTyped(list.items.slice(1), list)
      predicates.declare(
        name.text,
        parameters.map(({ type }) => types.resolve(type)),
      )
    }
  }

  const reader = new NetworkReader(types, predicates)
  for (const section of domain.named(':task')) reader.declareTask(section)
  const actionSections = domain.named(':action')
  for (const section of actionSections) reader.declareAction(section)
  const actions = actionSections.map((section) => reader.action(section))
  const methods = domain.named(':method').map((section) => reader.method(section))

  const network = problem.one(':htn') ?? problem.one(':htn-ti')
  if (network === undefined) throw hddlError('HDDL_SYNTAX', problem.place, 'The problem has no :htn section')
  const init = problem.one(':init')
  const facts = init === undefined ? [] : reader.facts(init)
  const goal = reader.goal(problem.one(':goal'))
  const top = reader.network(fieldsOf(network, 1), network, { name: 'top', task: -1, taskArgs: [] })
  return {
    objects: types.objects.list,
    types: types.finish(),
    predicates: predicates.list,
    tasks: reader.tasks.list,
    actions,
    methods,
    init: facts,
    top,
    goal,
  }
}

interface Sections {
  readonly place: TextPlace
  named(keyword: string): List[]
  one(keyword: string): List | undefined
}

const knownSections = new Set(
  (
    'domain problem :domain :requirements :types :constants :predicates :functions :task :action :method ' +
    ':objects :htn :htn-ti :init :goal :metric'
  ).split(' '),
)

function sectionsOf(list: List, what: string): Sections {
  if (headOf(list) !== 'define') throw hddlError('HDDL_SYNTAX', list, 'Expected (define ...)')
  const sections = list.items.slice(1).map((item) => asList(item, 'a section', list))
  if (sections[0] === undefined || headOf(sections[0]) !== what) {
    throw hddlError('HDDL_SYNTAX', sections[0] ?? list, `Expected (${what} NAME)`)
  }
  for (const section of sections) {
    const keyword = headOf(section)
    if (!knownSections.has(keyword)) {
      throw hddlError('HDDL_UNSUPPORTED', section, `The section "${keyword}" is not supported`)
    }
  }
  const named = (keyword: string) => sections.filter((section) => headOf(section) === keyword)
  return { place: list, named, one: (keyword) => named(keyword)[0] }
}

type Fields = ReadonlyMap<string, Expression>

/** The keyword-value pairs of a section, from an item on. */
function fieldsOf(section: List, from: number): Fields {
  const fields = new Map<string, Expression>()
  for (let index = from; index < section.items.length; index += 2) {
    const keyword = asWord(section.items[index], 'a keyword', section)
    const value = section.items[index + 1]
    if (!keyword.text.startsWith(':'))
      throw hddlError('HDDL_SYNTAX', keyword, `Expected a keyword, not "${keyword.text}"`)
    if (value === undefined) throw hddlError('HDDL_SYNTAX', keyword, `Nothing follows ${keyword.text}`)
    fields.set(keyword.text.toLowerCase(), value)
  }
  return fields
}

function field(fields: Fields, ...names: string[]): Expression | undefined {
  return names.map((name) => fields.get(name)).find((value) => value !== undefined)
}

const orderedNames = [':ordered-subtasks', ':ordered-tasks']
const unorderedNames = [':subtasks', ':tasks']

class NetworkReader {
  readonly tasks = new Signatures('task')
  readonly #actions = new Signatures('action')
  readonly #types: TypeTable
  readonly #formulas: FormulaReader

  constructor(types: TypeTable, predicates: Signatures) {
    this.#types = types
    this.#formulas = new FormulaReader(types, predicates)
  }

  declareTask(section: List): void {
    this.tasks.declare(...this.#signature(section))
  }

  declareAction(section: List): void {
    this.#actions.declare(...this.#signature(section))
  }

  action(section: List): HddlAction {
    const [name] = this.#signature(section)
    const fields = fieldsOf(section, 2)
    const scope = new Scope(this.#types, fields.get(':parameters'), section)
    const types = [...scope.types]
    const condition = this.#formulas.formula(field(fields, ':precondition', ':preconditions'), scope, section)
    const effects = this.#formulas.effects(field(fields, ':effect', ':effects'), scope, section)
    return { name, types, scope: scope.types.length, condition, effects }
  }

  method(section: List): HddlMethod {
    const name = asWord(section.items[1], 'a name', section)
    const fields = fieldsOf(section, 2)
    const head = asList(fields.get(':task'), 'the task of the method', section)
    const task = this.tasks.resolve(asWord(head.items[0], 'a task', head), head.items.length - 1)
    return this.network(fields, section, { name: name.text, task, taskArgs: head.items.slice(1) })
  }

  network(
    fields: Fields,
    section: List,
    head: { name: string; task: number; taskArgs: readonly Expression[] },
  ): HddlMethod {
    const scope = new Scope(this.#types, fields.get(':parameters'), section)
    const types = [...scope.types]
    const taskArgs = head.taskArgs.map((item) => scope.term(item, section))
    const parts: Formula[] = [
      this.#formulas.formula(field(fields, ':precondition', ':preconditions'), scope, section),
      this.#formulas.formula(fields.get(':constraints'), scope, section),
    ]
    if (fields.has(':effect')) throw hddlError('HDDL_UNSUPPORTED', section, 'Effects of methods are not supported')
    const ordered = field(fields, ...orderedNames)
    const labels = new Names('subtask')
    const listed = conjuncts(ordered ?? field(fields, ...unorderedNames), 'subtasks', section)
    const subtasks = listed.map((item, index) => this.#subtask(item, index, labels, scope))
    const before: (readonly [number, number])[] = []
    if (ordered !== undefined) for (let index = 1; index < subtasks.length; index++) before.push([index - 1, index])
    for (const pair of conjuncts(field(fields, ':ordering', ':order'), 'orderings', section)) {
      before.push(orderedPair(pair, labels))
    }
    return {
      name: head.name,
      types,
      scope: scope.types.length,
      task: head.task,
      taskArgs,
      condition: { kind: 'and', parts },
      subtasks,
      before,
    }
  }

  facts(section: List): HddlFact[] {
    const scope = new Scope(this.#types, undefined, section)
    return sectionItems(section).flatMap((item) => {
      const list = asList(item, 'a fact', section)
      // Values of functions are costs; a negated fact says what holds anyway.
      if (headOf(list) === '=' || headOf(list) === 'not') return []
      const { predicate, args } = this.#formulas.atom(list, scope)
      return [{ predicate, args: args.map((term) => ~term) }]
    })
  }

  goal(section: List | undefined): Formula {
    const place: TextPlace = section ?? { source: 'problem', line: 1, column: 1 }
    return this.#formulas.formula(section?.items[1], new Scope(this.#types, undefined, place), place)
  }

  #signature(section: List): [string, number[]] {
    const name = asWord(section.items[1], 'a name', section)
    const parameters = fieldsOf(section, 2).get(':parameters')
    return [name.text, [...new Scope(this.#types, parameters, section).types]]
  }

  #subtask(list: List, index: number, labels: Names, scope: Scope): HddlSubtask {
    const [first, second] = list.items
    const labelled = list.items.length === 2 && second?.kind === 'list'
    const call = labelled ? second : list
    const label = labelled ? asWord(first, 'a label', list) : undefined
    if (labels.add(label?.text ?? `${index}`) !== index) {
      throw hddlError('HDDL_SYNTAX', label ?? list, 'Two subtasks have the same label')
    }
    const word = asWord(call.items[0], 'a task', call)
    const args = call.items.slice(1).map((item) => scope.term(item, call))
    const kind = this.#actions.names.find(word.text) === undefined ? 'task' : 'action'
    const signatures = kind === 'action' ? this.#actions : this.tasks
    return { kind, index: signatures.resolve(word, args.length), args }
  }
}

/** The parts of "(and a b)", of a single part, or of nothing. */
function conjuncts(expression: Expression | undefined, what: string, near: TextPlace): List[] {
  if (expression === undefined) return []
  const list = asList(expression, what, near)
  if (list.items.length === 0) return []
  const items = headOf(list) === 'and' ? list.items.slice(1) : list.items[0]?.kind === 'list' ? list.items : [list]
  return items.map((item) => asList(item, what, list))
}

function orderedPair(list: List, labels: Names): [number, number] {
  const [sign, earlier, later] = list.items.map((item): Word => asWord(item, 'two labels', list))
  if (sign === undefined || earlier === undefined || later === undefined || !['<', '>'].includes(sign.text)) {
    throw hddlError('HDDL_SYNTAX', list, 'Expected (< LABEL LABEL)')
  }
  const pair: [number, number] = [labels.resolve(earlier), labels.resolve(later)]
  return sign.text === '<' ? pair : [pair[1], pair[0]]
}
