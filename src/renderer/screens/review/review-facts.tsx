import type { ReactNode } from 'react'
import { Gain, Moment } from '#renderer/ui/figures.tsx'
import { formatMoney, formatPercent, formatPrice } from '#renderer/ui/format.ts'
import { useStatus } from '#renderer/ui/status.ts'
import { StatusDot } from '#renderer/ui/status-dot.tsx'
import { plainName } from '#renderer/ui/words.ts'
import type { ShownReview } from '#shared/contract/reviews.ts'
import { isClosedReview, type Override } from '#shared/domain/review.ts'
import { orderWords } from '#shared/domain/review-words.ts'
import styles from './review-facts.module.css'
import { exitWords, limitUseWords, positionWords } from './review-view.ts'

/** The exact order, what it does to position, exposure and risk beside the limits, and what the gate says to it. */
export function ReviewFactsTable({ review, overrides }: { review: ShownReview; overrides: readonly Override[] }) {
  const status = useStatus()
  const currency = status?.account.currency ?? ''
  const { order, orderHash, deskOrder, price, facts, fourEyes } = review
  const override = overrides.find(({ reviewId }) => reviewId === review.id)
  const money = (amount: Parameters<typeof formatMoney>[0]) => formatMoney(amount, currency)
  const edited = orderWords(order) !== orderWords(deskOrder)
  return (
    <>
      <div className={styles.group}>
        <h3>{orderHeading(review)}</h3>
        <dl className={styles.facts}>
          <Fact name="Order">
            <strong>{orderWords(order)}</strong>
          </Fact>
          {edited && <Fact name="The desk had">{orderWords(deskOrder)}</Fact>}
          <Fact name="Terms">
            {order.type.toLowerCase()}, {order.timeInForce}
            {order.reduceOnly ? ', only reduces' : ''}; account {status?.account.id} ({status?.mode ?? 'paper'})
          </Fact>
          {order.exits !== undefined && <Fact name="Protected by">{exitWords(order.exits)}</Fact>}
          <Fact name="Worth">
            {money(facts.notional)} <span className={styles.dim}>of {money(facts.maximumNotional)} an order</span>
          </Fact>
          <Fact name="Price">
            {formatPrice(facts.price)} now, {formatPrice(price)} when made{' '}
            <span className={styles.dim}>
              as of <Moment at={facts.priceAt} />
            </span>
          </Fact>
          <Fact name="Hash">
            <span className="mono" title={orderHash}>
              {orderHash.slice(0, 16)}…
            </span>
          </Fact>
        </dl>
      </div>
      {!isClosedReview(review.status) && (
        <div className={styles.group}>
          <h3>What it does</h3>
          <dl className={styles.facts}>
            <Fact name="Position">
              {positionWords(facts.position.before)} → <strong>{positionWords(facts.position.after)}</strong>
            </Fact>
            <Fact name="Exposure">
              {limitUseWords(facts.exposure.before, facts.exposure.maximum, currency)} →{' '}
              <strong>{limitUseWords(facts.exposure.after, facts.exposure.maximum, currency)}</strong>
            </Fact>
            <Fact name="Cash">
              {money(facts.cash.before)} → <strong>{money(facts.cash.after)}</strong>
            </Fact>
            <Fact name="Lost at the stop">
              {money(facts.riskAtStop)}
              {facts.riskAtStop !== null && status !== undefined && status.account.equity !== null && (
                <span className={styles.dim}>
                  {' '}
                  {formatPercent(Number(facts.riskAtStop) / Number(status.account.equity), 2, false)} of the equity
                </span>
              )}
            </Fact>
            <Fact name="Lost today">{limitUseWords(facts.dayLoss.now, facts.dayLoss.maximum, currency)}</Fact>
            <Fact name="The gate">
              {facts.denial === null ? (
                <>
                  <StatusDot tone="good" /> would let it out now; it looks again when the order is sent
                </>
              ) : (
                <span className={styles.denied}>
                  <StatusDot tone="bad" /> would deny it: {plainName(facts.denial.code)} (
                  {Object.entries(facts.denial.values)
                    .map(([name, value]) => `${plainName(name)} ${value}`)
                    .join(', ')}
                  )
                </span>
              )}
            </Fact>
            <Fact name="Four eyes">
              <span className={styles.dim}>{fourEyes.why}</span>
            </Fact>
          </dl>
        </div>
      )}
      {override !== undefined && (
        <div className={styles.group}>
          <h3>Your override</h3>
          {override.outcome === null ? (
            <p>
              What it comes to is measured on <Moment at={override.dueAt} as="moment" />.
            </p>
          ) : (
            <dl className={styles.facts}>
              <Fact name="The desk followed">
                <Gain value={override.outcome.desk} currency={currency} />
              </Fact>
              <Fact name="As you did">
                <Gain value={override.outcome.trader} currency={currency} />
              </Fact>
            </dl>
          )}
        </div>
      )}
    </>
  )
}

function orderHeading({ status }: ShownReview): string {
  if (status === 'approved') return 'The order that you approved'
  return isClosedReview(status) ? 'The order, which was not sent' : 'The order, as it would be sent'
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
