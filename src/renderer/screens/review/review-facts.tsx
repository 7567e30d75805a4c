import type { ReactNode } from 'react'
import { Gain, Moment } from '#renderer/ui/figures.tsx'
import { formatMoney, formatPercent, formatPrice } from '#renderer/ui/format.ts'
import { useStatus } from '#renderer/ui/status.ts'
import { StatusDot } from '#renderer/ui/status-dot.tsx'
import { plainName } from '#renderer/ui/words.ts'
import type { ShownReview } from '#shared/contract/reviews.ts'
import { denialSentences } from '#shared/domain/denial.ts'
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
          {edited && <Fact name="Desk’s order">{orderWords(deskOrder)}</Fact>}
          <Fact name="Terms">
            {order.type.toLowerCase()}, {order.timeInForce}
            {order.reduceOnly ? ', reduce only' : ''}; account {status?.account.id} ({status?.mode ?? 'paper'})
          </Fact>
          {order.exits !== undefined && <Fact name="Protected by">{exitWords(order.exits)}</Fact>}
          <Fact name="Notional">
            {money(facts.notional)}{' '}
            <span className={styles.dim}>of at most {money(facts.maximumNotional)} an order</span>
          </Fact>
          <Fact name="Price">
            {formatPrice(facts.price)} now, {formatPrice(price)} at the decision{' '}
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
          <h3>What it changes</h3>
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
            <Fact name="Loss at the stop">
              {money(facts.riskAtStop)}
              {facts.riskAtStop !== null && status !== undefined && status.account.equity !== null && (
                <span className={styles.dim}>
                  {' '}
                  {formatPercent(Number(facts.riskAtStop) / Number(status.account.equity), 2, false)} of equity
                </span>
              )}
            </Fact>
            <Fact name="Loss today">{limitUseWords(facts.dayLoss.now, facts.dayLoss.maximum, currency)}</Fact>
            <Fact name="The gate">
              {facts.denial === null ? (
                <>
                  <StatusDot tone="good" /> would pass it now; checks again when the order is sent
                </>
              ) : (
                <span className={styles.denied} title={denialSentences[facts.denial.code]}>
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
              Its result is measured on <Moment at={override.dueAt} as="moment" />.
            </p>
          ) : (
            <dl className={styles.facts}>
              <Fact name="Desk’s choice">
                <Gain value={override.outcome.desk} currency={currency} />
              </Fact>
              <Fact name="Your choice">
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
  if (status === 'approved') return 'The order you approved'
  return isClosedReview(status) ? 'The order (not sent)' : 'The order as it would be sent'
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
