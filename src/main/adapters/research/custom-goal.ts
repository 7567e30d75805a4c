/** All that a custom source is told: nothing but what the goal is about leaves the desk. */
export interface CustomGoal {
  readonly instrument: string
  readonly base: string
  /** Empty for an instrument that names no quote currency. */
  readonly quote: string
}
