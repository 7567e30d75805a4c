import { describe, expect, it } from 'vitest'
import type { Clock } from '#shared/lib/clock.ts'
import { errorCode } from '#shared/lib/error.ts'
import { labHtn } from './lab-htn.ts'

/** A clock that goes on by some milliseconds whenever it is looked at. */
function tickingClock(msPerLook: number): Clock {
  let now = 0
  return { now: () => now, monotonic: () => (now += msPerLook), after: () => () => undefined }
}

const domain = `(define (domain d) (:types place)
  (:predicates (at ?p - place) (road ?a ?b - place))
  (:task visit :parameters (?p - place))
  (:method go :parameters (?a ?b - place) :task (visit ?b) :precondition (at ?a) :ordered-subtasks (and (drive ?a ?b)))
  (:action drive :parameters (?a ?b - place) :precondition (and (at ?a) (road ?a ?b))
    :effect (and (not (at ?a)) (at ?b))))`

function problem(goal: string): string {
  return `(define (problem p) (:domain d) (:objects a b c - place) (:htn :ordered-tasks (and (visit b) (visit ${goal})))
    (:init (at a) (road a b) (road b c)))`
}

describe('parley lab htn', () => {
  it('gives the plan as lists of words, and how long it took', () => {
    const result = labHtn(domain, problem('c'), { seconds: 60 }, tickingClock(1))
    expect(result).toMatchObject({
      status: 'solved',
      plan: [
        ['drive', 'a', 'b'],
        ['drive', 'b', 'c'],
      ],
    })
    expect(result.ms).toBeGreaterThan(0)
  })

  it('says unsolvable when there is no plan, and unknown when the time is over', () => {
    expect(labHtn(domain, problem('a'), { seconds: 60 }, tickingClock(1))).toMatchObject({
      status: 'unsolvable',
      plan: [],
    })
    expect(labHtn(domain, problem('c'), { seconds: 1 }, tickingClock(5_000)).status).toBe('unknown')
  })

  it('a text that is not HDDL is a coded error', () => {
    let code = ''
    try {
      labHtn('(define', problem('c'), { seconds: 60 }, tickingClock(1))
    } catch (error) {
      code = errorCode(error)
    }
    expect(code).toBe('HDDL_SYNTAX')
  })
})
