import type { ScheduleProblem } from './problem.ts'
import { sortBy } from './sort.ts'
import type { Trail } from './trail.ts'

/**
 * Keeps one stock from falling below zero. At every moment the level can at best be what it is when production comes
 * as early and consumption as late as possible; what would take it below zero is pushed aside, and explained by the
 * production that cannot have come yet and the consumption that must have.
 */
export class Reservoir {
  private readonly trail: Trail
  private readonly initial: number
  /** One event for each change of the level: its step, its delay after the start of the step, the signed change. */
  private readonly steps: Int32Array
  private readonly delays: Int32Array
  private readonly changes: Int32Array
  private readonly times: Int32Array
  private readonly sorted: Int32Array

  constructor(problem: ScheduleProblem, stock: number, trail: Trail) {
    const width = problem.stocks.length
    const events: { step: number; delay: number; change: number }[] = []
    for (let step = 0; step < problem.count; step++) {
      const atStart = problem.atStart[step * width + stock] as number
      const atEnd = problem.atEnd[step * width + stock] as number
      if (atStart !== 0) events.push({ step, delay: 0, change: atStart })
      if (atEnd !== 0) events.push({ step, delay: problem.durations[step] as number, change: atEnd })
    }
    this.trail = trail
    this.initial = problem.stocks[stock] as number
    this.steps = Int32Array.from(events, (event) => event.step)
    this.delays = Int32Array.from(events, (event) => event.delay)
    this.changes = Int32Array.from(events, (event) => event.change)
    this.times = new Int32Array(events.length)
    this.sorted = Int32Array.from(events.keys())
  }

  /** False on a conflict. */
  propagate(): boolean {
    const { trail, steps, delays, changes, times, sorted } = this
    const bounds = trail.bounds
    for (let event = 0; event < times.length; event++) {
      const slot = 2 * (steps[event] as number)
      times[event] =
        ((changes[event] as number) > 0 ? (bounds[slot] as number) : -(bounds[slot + 1] as number)) +
        (delays[event] as number)
    }
    sortBy(sorted, times)
    let level = this.initial
    let from = -1
    let position = 0
    for (;;) {
      const until = position < sorted.length ? (times[sorted[position] as number] as number) : 0x3fffffff
      if (level < 0) {
        this.explain(from, -1)
        return trail.failStaged()
      }
      if (until > from && !this.pushAside(level, from, until)) return false
      if (position >= sorted.length) return true
      from = until
      while (position < sorted.length && (times[sorted[position] as number] as number) === from) {
        level += changes[sorted[position++] as number] as number
      }
    }
  }

  /** Draws the consequences of the best possible level between two times. */
  private pushAside(level: number, from: number, until: number): boolean {
    const { trail, steps, delays, changes, times } = this
    for (let event = 0; event < times.length; event++) {
      const change = changes[event] as number
      const slot = 2 * (steps[event] as number)
      if (change < 0) {
        if (
          (times[event] as number) < until ||
          level + change >= 0 ||
          (trail.bounds[slot] as number) + (delays[event] as number) >= until
        )
          continue
        this.explain(until - 1, event)
        if (!trail.raise(slot, until - (delays[event] as number))) return false
      } else {
        if (
          (times[event] as number) > from ||
          level - change >= 0 ||
          -(trail.bounds[slot + 1] as number) + (delays[event] as number) <= from
        )
          continue
        this.explain(from, event)
        if (!trail.raise(slot + 1, (delays[event] as number) - from)) return false
      }
    }
    return true
  }

  /**
   * Stages why the level at the moment is below zero, given that the event, if any, goes the wrong way: consumption
   * that has happened, production that has not.
   */
  private explain(moment: number, except: number): void {
    const { trail, steps, delays, changes, times } = this
    const root = trail.root
    let level = this.initial
    for (let event = 0; event < times.length; event++)
      if ((times[event] as number) <= moment) level += changes[event] as number
    if (except >= 0) level -= Math.abs(changes[except] as number)
    let spare = -1 - level
    for (let event = 0; event < times.length; event++) {
      if (event === except) continue
      const change = changes[event] as number
      const slot = 2 * (steps[event] as number)
      const happened = (times[event] as number) <= moment
      if (change < 0 === !happened) continue
      const side = change < 0 ? slot + 1 : slot
      const bound = change < 0 ? (delays[event] as number) - moment : moment - (delays[event] as number) + 1
      if (bound > (root[side] as number) && Math.abs(change) <= spare) spare -= Math.abs(change)
      else trail.because(side, bound)
    }
  }
}
