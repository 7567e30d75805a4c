/** What a run may still spend. All amounts in USD. */
export interface Budget {
  /** True when so much more can be spent, even if everything under way costs what was reserved for it. */
  allows(usd: number): boolean
  reserve(usd: number): void
  /** Turns a reservation into what was really spent. */
  settle(reserved: number, spent: number): void
  /** What was spent so far, settled. */
  spent(): number
}

/** A billionth of a dollar: sums of estimates that equal the limit on paper must not break it by rounding. */
const ROUNDING = 1e-9

/** Creates a budget of so much, of which so much is spent; spendable is what is left besides, asked each time. */
export function createBudget(limit: number, alreadySpent: number, spendable: () => number): Budget {
  let spent = alreadySpent
  let reserved = 0
  return {
    allows(usd) {
      if (usd <= 0) return true
      const more = reserved + usd - ROUNDING
      return spent + more <= limit && more <= spendable()
    },
    reserve(usd) {
      reserved += usd
    },
    settle(released, paid) {
      reserved -= released
      spent += paid
    },
    spent: () => spent,
  }
}
