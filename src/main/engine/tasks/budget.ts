/** What a run may still spend. All amounts in USD. */
export interface Budget {
  /**
   * Whether a step may start: 'within' the limit even if all that is under way costs what was reserved for it; 'later',
   * when something under way may turn out cheaper; 'over' when it cannot. An optional step must also leave what is owed.
   */
  verdict(usd: number, optional: boolean): 'within' | 'later' | 'over'
  /** Sets money aside for required steps that are still to come; a negative amount takes it back. */
  owe(usd: number): void
  reserve(usd: number): void
  /** Turns a reservation into what was really spent. */
  settle(reserved: number, spent: number): void
}

/** A billionth of a dollar: estimates that add up to the limit on paper must not break it by rounding. */
const ROUNDING = 1e-9

/** Creates a budget of which so much is spent; `spendable` is what is left besides it, asked each time. */
export function createBudget(limit: number, alreadySpent: number, spendable: () => number): Budget {
  let spent = alreadySpent
  let reserved = 0
  let owed = 0
  return {
    verdict(usd, optional) {
      if (usd <= 0) return 'within'
      const left = Math.min(limit - spent, spendable()) + ROUNDING
      if (optional) return reserved + owed + usd <= left ? 'within' : 'over'
      if (reserved + usd <= left) return 'within'
      return reserved > ROUNDING && usd <= left ? 'later' : 'over'
    },
    owe(usd) {
      owed += usd
    },
    reserve(usd) {
      reserved += usd
    },
    settle(released, paid) {
      reserved -= released
      spent += paid
    },
  }
}
