import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ParleyError } from '#shared/lib/error.ts'
import { readHddl } from './reader.ts'

const domain = `(define (domain shop)
  (:requirements :typing :hierarchy)
  (:types apple pear - fruit fruit stall - object) ; two levels
  (:constants corner - stall)
  (:predicates (at ?f - fruit ?s - stall) (open ?s - stall))
  (:task sell :parameters (?f - fruit))
  (:method sell-there :parameters (?f - fruit ?s - stall) :task (sell ?f)
    :precondition (open ?s)
    :subtasks (and (a (hand ?f ?s)) (b (close ?s))) :ordering (< a b))
  (:action hand :parameters (?f - fruit ?s - stall) :precondition (at ?f ?s) :effect (not (at ?f ?s)))
  (:action close :parameters (?s - stall) :effect (not (open ?s))))`
const problem = `(define (problem p) (:domain shop)
  (:objects cox - apple williams - pear)
  (:htn :tasks (sell cox))
  (:init (at cox corner) (open corner)))`

function errorOf(domainText: string, problemText: string): ParleyError | undefined {
  try {
    readHddl(domainText, problemText)
    return undefined
  } catch (error) {
    return error instanceof ParleyError ? error : undefined
  }
}

describe('readHddl', () => {
  it('resolves types with their members, constants and networks', () => {
    const read = readHddl(domain, problem)
    expect(read.objects).toEqual(['corner', 'cox', 'williams'])
    const members = Object.fromEntries(read.types.map(({ name, members }) => [name, members]))
    expect(members).toEqual({ object: [0, 1, 2], apple: [1], pear: [2], fruit: [1, 2], stall: [0] })
    expect(read.methods[0]?.before).toEqual([[0, 1]])
    expect(read.top.subtasks).toEqual([{ kind: 'task', index: 0, args: [~1] }])
  })

  it('takes a name in another case where there is none in this case', () => {
    expect(readHddl(domain, problem.replace('(sell cox)', '(SELL Cox)')).top.subtasks[0]?.args).toEqual([~1])
  })

  it.each([
    [
      'an unknown predicate',
      domain.replace('(open ?s)\n', '(opened ?s)\n'),
      problem,
      'HDDL_NAME_UNKNOWN',
      'domain',
      8,
      20,
    ],
    ['an unknown object', domain, problem.replace('(sell cox)', '(sell fig)'), 'HDDL_NAME_UNKNOWN', 'problem', 3, 22],
    [
      'a wrong number of arguments',
      domain,
      problem.replace('(open corner)', '(open)'),
      'HDDL_ARITY_WRONG',
      'problem',
      4,
      27,
    ],
    ['an open bracket', domain.slice(0, -1), problem, 'HDDL_SYNTAX', 'domain', 1, 1],
    ['a bracket too many', domain, `${problem})`, 'HDDL_SYNTAX', 'problem', 4, 41],
    [
      'an unknown variable',
      domain.replace('(close ?s)))', '(close ?t)))'),
      problem,
      'HDDL_NAME_UNKNOWN',
      'domain',
      9,
      47,
    ],
    [
      'a durative action',
      domain.replace(':action close', ':durative-action close'),
      problem,
      'HDDL_UNSUPPORTED',
      'domain',
      11,
      3,
    ],
    [
      'a problem without tasks',
      domain,
      problem.replace('(:htn :tasks (sell cox))', ''),
      'HDDL_SYNTAX',
      'problem',
      1,
      1,
    ],
    ['an empty text', '', problem, 'HDDL_SYNTAX', 'domain', 1, 1],
  ])('names the place of %s', (_what, domainText, problemText, code, source, line, column) => {
    const error = errorOf(domainText, problemText)
    expect([error?.code, error?.details]).toEqual([code, { source, line, column }])
  })

  it('refuses brackets without end', () => {
    expect(errorOf('('.repeat(100_000), problem)?.code).toBe('HDDL_SYNTAX')
  })

  it('whatever is cut off or put in, the answer is a problem or a coded error', () => {
    fc.assert(
      fc.property(
        fc.nat(domain.length),
        fc.nat(40),
        fc.constantFrom('', '(', ')', '-', '?x', 'and', ':task'),
        (from, length, put) => {
          const damaged = domain.slice(0, from) + put + domain.slice(from + length)
          try {
            readHddl(damaged, problem)
          } catch (error) {
            expect(error).toBeInstanceOf(ParleyError)
          }
        },
      ),
      { numRuns: 500 },
    )
  })
})
