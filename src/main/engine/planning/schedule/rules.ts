import { longestTails, type ScheduleProblem } from './problem.ts'

/**
 * Priority rules, as one number a step: the greater, the sooner it should start (Kolisch 1996). In this order: latest
 * start time, latest finish time, most total successors, greatest positional weight.
 */
export function priorityRules(problem: ScheduleProblem): readonly [Int32Array, Int32Array, Int32Array, Int32Array] {
  const { count, durations, successors, order } = problem
  const latestStart = longestTails(problem)
  const latestFinish = latestStart.map((tail, step) => tail - (durations[step] as number))
  const mostSuccessors = new Int32Array(count)
  const positionalWeight = new Int32Array(count)
  const reached = new Int32Array(count).fill(-1)
  const stack: number[] = []
  for (const step of order) {
    stack.push(step)
    while (stack.length > 0) {
      const from = stack.pop() ?? 0
      positionalWeight[step] = (positionalWeight[step] as number) + (durations[from] as number)
      for (let edge = successors.first[from] as number; edge < (successors.first[from + 1] as number); edge++) {
        const next = successors.list[edge] as number
        if (reached[next] === step) continue
        reached[next] = step
        mostSuccessors[step] = (mostSuccessors[step] as number) + 1
        stack.push(next)
      }
    }
  }
  return [latestStart, latestFinish, mostSuccessors, positionalWeight]
}
