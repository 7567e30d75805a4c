import { bookProfits, leastTailBars, tailOfProfits } from '#engine/portfolio/book-tail.ts'
import { componentTail } from '#engine/portfolio/component-risk.ts'
import { usualConfidence } from '#engine/portfolio/confidence-levels.ts'
import { drawdowns, underwater } from '#engine/portfolio/drawdowns.ts'
import { covarianceMatrix } from '#engine/portfolio/matrix.ts'
import { riskShares } from '#engine/portfolio/risk-parity.ts'
import { simulateRisk, stressTest } from '#engine/portfolio/stress.ts'
import { expectedShortfall, type TailMethod, valueAtRisk } from '#engine/portfolio/value-at-risk.ts'
import { type ReadReturns, readReturns } from '#engine/trading/gate/tail-reader.ts'
import { timeframeMs } from '#shared/domain/bar.ts'
import type { RiskReport } from '#shared/domain/risk-report.ts'
import { toNumber } from '#shared/lib/decimal.ts'
import { createRandom } from '#shared/lib/random.ts'
import { mean } from '#shared/lib/statistics.ts'
import { type HeldPosition, heldBook, type ReportParts } from './held-book.ts'
import { perpetualsReport } from './perpetuals-report.ts'

const confidence = usualConfidence
const draws = 10_000
const dayMs = 86_400_000
const worstDaysShown = 3
const shocks = [0.1, 0.25, 0.5]

/** The risk of the book as it is held now: exposure, tails by four methods, drawdown, limits used, stresses. */
export function riskReport(parts: ReportParts): RiskReport {
  const { book, feed, now } = parts
  const { held, equity } = heldBook(parts)
  const worths = new Map<string, number>(
    held.flatMap(({ position, worth }) => (worth === null ? [] : [[position.instrument, worth] as const])),
  )
  const isPriced = worths.size === held.length
  const wealth = equity === null ? null : toNumber(equity)
  const read = held.length > 0 && isPriced ? readReturns(feed, [...worths.keys()], now) : null
  const profits = read === null ? new Float64Array() : bookProfits(read.shared, worths)
  const isMeasured = read !== null && profits.length >= leastTailBars
  const weights =
    read === null ? new Float64Array() : Float64Array.from(read.shared.instruments, (id) => worths.get(id) ?? 0)
  const shares = isMeasured ? riskShares(weights, covarianceMatrix(read.shared.returns)) : null
  const tail = isMeasured
    ? componentTail(read.shared.returns, weights, confidence, 'cornish-fisher').expectedShortfall
    : null
  const rowOf = (id: string) => read?.shared.instruments.indexOf(id) ?? -1
  const perDay = read === null ? 1 : Math.sqrt(Math.max(1, dayMs / timeframeMs[read.timeframe]))
  const marginalOf = (row: number) => {
    const part = tail?.parts[row]
    return part === undefined ? null : (perDay * part) / (weights[row] as number)
  }
  const sum = (of: (worth: number) => number) => [...worths.values()].reduce((total, worth) => total + of(worth), 0)
  const gross = isPriced ? sum(Math.abs) : null
  const perpetuals = perpetualsReport(parts)
  return {
    at: now,
    currency: book.currency,
    equity,
    gross,
    net: isPriced ? sum((worth) => worth) : null,
    exposures: held.map(({ position, mark, markedAt, worth, runId }) => ({
      instrument: position.instrument,
      quantity: position.quantity,
      mark,
      markedAt,
      worth,
      share: worth === null || wealth === null || wealth <= 0 ? null : worth / wealth,
      riskShare: shares?.[rowOf(position.instrument)] ?? null,
      tailShare: tail?.shares[rowOf(position.instrument)] ?? null,
      marginal: marginalOf(rowOf(position.instrument)),
      runId,
    })),
    confidence,
    basis: isMeasured ? basisOf(read) : null,
    unavailable: isMeasured ? null : reasonFor(held, isPriced, profits.length),
    tails: isMeasured ? tailsOf(read, profits, weights) : [],
    drawdown: isMeasured && wealth !== null && wealth > 0 ? drawdownOf(read, profits, wealth) : null,
    highest:
      book.highest === null
        ? null
        : { ...book.highest, below: wealth === null ? null : Math.max(0, 1 - wealth / toNumber(book.highest.equity)) },
    perpetuals,
    limits: limitsUsed(parts, gross, perpetuals, wealth, held.length === 0 ? 0 : isMeasured ? [read, profits] : null),
    stresses: held.length === 0 || !isPriced ? [] : stressesOf(worths, wealth, isMeasured ? [read, profits] : null),
  }
}

function basisOf({ timeframe, shared: { times } }: ReadReturns): NonNullable<RiskReport['basis']> {
  return { timeframe, bars: times.length, from: times[0] as number, to: times.at(-1) as number }
}

function reasonFor(held: readonly HeldPosition[], isPriced: boolean, bars: number): string {
  if (held.length === 0) return 'Nothing is held.'
  if (!isPriced) {
    const unpriced = held.filter(({ worth }) => worth === null).map(({ position }) => position.instrument)
    return `There is no price for ${unpriced.join(', ')}.`
  }
  return `Only ${bars} closed bars are shared by all that is held; ${leastTailBars} say something of a tail.`
}

function tailsOf(
  { timeframe, shared }: ReadReturns,
  profits: Float64Array,
  weights: Float64Array,
): RiskReport['tails'] {
  const scale = Math.sqrt(Math.max(1, dayMs / timeframeMs[timeframe]))
  const tail = (method: RiskReport['tails'][number]['method'], value: number, shortfall: number) => ({
    method,
    valueAtRisk: Math.max(0, value) * scale,
    expectedShortfall: Math.max(0, shortfall) * scale,
  })
  const byMethod = (['historical', 'normal', 'cornish-fisher'] satisfies TailMethod[]).map((method) =>
    tail(method, valueAtRisk(profits, confidence, method), expectedShortfall(profits, confidence, method)),
  )
  // In units of the book's worth: the simulation compounds returns.
  const whole = weights.reduce((total, weight) => total + Math.abs(weight), 0)
  const simulated = simulateRisk(
    createRandom(1),
    weights.map((weight) => weight / whole),
    Float64Array.from(shared.returns, mean),
    covarianceMatrix(shared.returns),
    { confidence, draws, degreesOfFreedom: 5 },
  )
  return [...byMethod, tail('monte-carlo', simulated.valueAtRisk * whole, simulated.expectedShortfall * whole)]
}

function drawdownOf({ shared: { times } }: ReadReturns, profits: Float64Array, wealth: number): RiskReport['drawdown'] {
  const changes = profits.map((profit) => profit / wealth)
  const [deepest] = drawdowns(changes).sort((a, b) => b.depth - a.depth)
  if (deepest === undefined) return null
  const at = (row: number) => times[row] as number
  return {
    depth: deepest.depth,
    from: at(deepest.start),
    trough: at(deepest.trough + 1),
    recovered: deepest.end === null ? null : at(deepest.end + 1),
    now: -(underwater(changes).at(-1) ?? 0),
  }
}

type Measured = readonly [ReadReturns, Float64Array]

function limitsUsed(
  { book, mandate, now }: ReportParts,
  gross: number | null,
  perpetuals: RiskReport['perpetuals'],
  wealth: number | null,
  measured: Measured | 0 | null,
): RiskReport['limits'] {
  const tail =
    measured === 0
      ? { valueAtRisk: 0, expectedShortfall: 0 }
      : measured === null
        ? null
        : tailOfProfits(measured[1], timeframeMs[measured[0].timeframe], confidence)
  const { maximumValueAtRisk, maximumExpectedShortfall, maximumExposure, maximumDailyLoss, ordersPerMinute } = mandate
  const loss = wealth === null || book.day === 0 ? null : Math.max(0, toNumber(book.dayStartEquity) - wealth)
  const limits: RiskReport['limits'] = [{ limit: 'exposure', used: gross, maximum: toNumber(maximumExposure) }]
  if (perpetuals !== null)
    limits.push({ limit: 'leverage', used: perpetuals.leverage, maximum: mandate.maximumLeverage })
  if (maximumValueAtRisk !== null)
    limits.push({ limit: 'value-at-risk', used: tail?.valueAtRisk ?? null, maximum: toNumber(maximumValueAtRisk) })
  if (maximumExpectedShortfall !== null) {
    const maximum = toNumber(maximumExpectedShortfall)
    limits.push({ limit: 'expected-shortfall', used: tail?.expectedShortfall ?? null, maximum })
  }
  limits.push({ limit: 'daily-loss', used: loss, maximum: toNumber(maximumDailyLoss) })
  const sent = book.sentAt.filter((at) => at > now - 60_000).length
  limits.push({ limit: 'orders-per-minute', used: sent, maximum: ordersPerMinute })
  return limits
}

/**
 * The worst bars that the book as held now would have lived through; falls of everything, and rises too where something
 * is held short; and the largest alone moving against the book.
 */
function stressesOf(
  worths: ReadonlyMap<string, number>,
  wealth: number | null,
  measured: Measured | null,
): RiskReport['stresses'] {
  const told = (name: string, change: number, at: number | null = null) => ({
    name,
    at,
    change,
    share: wealth === null || wealth <= 0 ? null : change / wealth,
  })
  const worst =
    measured === null
      ? []
      : [...measured[1].entries()]
          .sort(([, a], [, b]) => a - b)
          .slice(0, worstDaysShown)
          .filter(([, change]) => change < 0)
          .map(([row, change], rank) => {
            const name = rank === 0 ? 'The worst bar of the history' : `The ${['', 'second', 'third'][rank]} worst`
            return told(name, change, measured[0].shared.times[row + 1])
          })
  const holdings = [...worths].map(([name, weight]) => ({ name, weight }))
  const all = (move: number) => ({
    name: `Everything ${moved(move)}`,
    shocks: Object.fromEntries([...worths.keys()].map((name) => [name, move])),
  })
  const [largest] = [...worths].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a))
  const scenarios = shocks.map((size) => all(-size))
  if ([...worths.values()].some((worth) => worth < 0)) scenarios.push(...shocks.map(all))
  if (largest !== undefined && worths.size > 1) {
    const [name, worth] = largest
    const against = worth < 0 ? 0.5 : -0.5
    scenarios.push({ name: `${name} alone ${moved(against)}`, shocks: { [name]: against } })
  }
  return [...worst, ...stressTest(holdings, scenarios).map(({ scenario, change }) => told(scenario, change))]
}

function moved(move: number): string {
  return `${move < 0 ? 'falls' : 'rises'} by ${Math.round(Math.abs(move) * 100)} %`
}
