import { add, compare, type Decimal, decimal, divide, minimum, multiply, subtract, ZERO } from '#shared/lib/decimal.ts'

/**
 * What is owed in one currency, the base or the quote of a pair that is traded on borrowed money: to buy more than there is,
 * the quote is borrowed, to sell what is not held, the base.
 */
export interface Loan {
  readonly currency: string
  readonly principal: Decimal
  /** Interest that has accrued and was not paid. It bears no interest itself. */
  readonly interest: Decimal
  /** Interest is charged up to this moment, in UTC epoch milliseconds. */
  readonly accruedUntil: number
}

const hourMs = 3_600_000

/** Nothing owed. */
export function noLoan(currency: string, at: number): Loan {
  return { currency, principal: ZERO, interest: ZERO, accruedUntil: at }
}

/**
 * The loan with the interest of every full hour of the clock that has struck since: each charges one hour on what is owed
 * then (Binance, "How to Calculate Interest on Margin Loans"). `hourlyRate` is a fraction of the principal.
 */
export function accrueInterest(loan: Loan, at: number, hourlyRate: Decimal): Loan {
  if (at <= loan.accruedUntil) return loan
  const hours = Math.floor(at / hourMs) - Math.floor(loan.accruedUntil / hourMs)
  const interest = multiply(multiply(loan.principal, hourlyRate), decimal(hours))
  return { ...loan, interest: add(loan.interest, interest), accruedUntil: at }
}

/** The loan with so much more borrowed; an hour of it is charged at once. */
export function borrow(loan: Loan, amount: Decimal, at: number, hourlyRate: Decimal): Loan {
  const before = accrueInterest(loan, at, hourlyRate)
  return {
    ...before,
    principal: add(before.principal, amount),
    interest: add(before.interest, multiply(amount, hourlyRate)),
  }
}

/** What is owed in all. */
export function owed({ principal, interest }: Loan): Decimal {
  return add(principal, interest)
}

/** The loan after a payment, of which interest takes the first part; `left` is what was paid too much. */
export function repay(loan: Loan, amount: Decimal): { readonly loan: Loan; readonly left: Decimal } {
  const toInterest = minimum(amount, loan.interest)
  const toPrincipal = minimum(subtract(amount, toInterest), loan.principal)
  return {
    loan: {
      ...loan,
      interest: subtract(loan.interest, toInterest),
      principal: subtract(loan.principal, toPrincipal),
    },
    left: subtract(amount, add(toInterest, toPrincipal)),
  }
}

/** What is owned over what is owed, both at their marks in one currency; null where nothing is owed. A venue calls below some level. */
export function marginLevel(assets: Decimal, debts: Decimal): Decimal | null {
  return compare(debts, ZERO) <= 0 ? null : divide(assets, debts)
}
