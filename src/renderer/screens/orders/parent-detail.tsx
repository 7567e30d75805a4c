import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { Moment } from '#renderer/ui/figures.tsx'
import { formatDuration } from '#renderer/ui/format.ts'
import { precision } from '#renderer/ui/precision.ts'
import { useEngineNow } from '#renderer/ui/status.ts'
import { executionTitles } from '#shared/domain/execution-words.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Fill } from '#shared/domain/order.ts'
import { isWorkingParent, type ParentOrderView } from '#shared/domain/parent-order.ts'
import { CancelParentDialog } from './cancel-parent-dialog.tsx'
import { DetailFrame, Fact } from './detail-frame.tsx'
import styles from './order-detail.module.css'
import { OrderReportPane } from './order-report.tsx'
import { countWords } from './orders-view.ts'
import { ParentMark } from './parent-orders.tsx'
import { ParentPicture } from './parent-picture.tsx'
import { PartsTable } from './parts-table.tsx'

interface ParentDetailProps {
  parentId: string
  instruments: readonly Instrument[]
  onClose: () => void
  onOpenOrder: (clientOrderId: string) => void
}

/** One order in parts: what it is, planned against filled, what it came to so far, and each of its parts. */
export function ParentDetail({ parentId, onClose, ...rest }: ParentDetailProps) {
  const { orpc } = useDesk()
  const query = useQuery(orpc.trading.parent.queryOptions({ input: { parentId } }))
  return (
    <DetailFrame
      label={`Parent order ${parentId}`}
      closeLabel="Close the parent order"
      query={query}
      failure={{ title: 'The parent order could not be read', effect: 'It continues in the engine. STOP ends it.' }}
      onClose={onClose}
    >
      {(data) => <Body {...data} {...rest} />}
    </DetailFrame>
  )
}

interface BodyProps extends Pick<ParentDetailProps, 'instruments' | 'onOpenOrder'> {
  parent: ParentOrderView
  fills: readonly Fill[]
}

function Body({ parent, fills, instruments, onOpenOrder }: BodyProps) {
  const { price, quantity } = precision(instruments, parent.instrument)
  const isWorking = isWorkingParent(parent)
  const now = useEngineNow(isWorking)
  const [isCancelling, setCancelling] = useState(false)
  const { id, side, instrument, schedule, exits, runId, reason, limitPrice, children } = parent
  const { participation, displayed, intervalMs, due, algorithm } = schedule
  return (
    <>
      <h2 className={styles.title}>
        {side.toUpperCase()} {quantity(parent.quantity)} {instrument} in parts
      </h2>
      <p className={styles.status}>
        <ParentMark parent={parent} />
        {isWorking && (
          <Button size="compact-xs" onClick={() => setCancelling(true)}>
            Cancel the rest…
          </Button>
        )}
      </p>
      {reason !== null && <p className={styles.reason}>{reason}</p>}
      <ParentPicture parent={parent} fills={fills} now={now} />
      <dl className={styles.facts}>
        <Fact name="Algorithm">{executionTitles[algorithm]}</Fact>
        <Fact name="Schedule">
          {countWords(due.length, 'check')}, {formatDuration(intervalMs)} apart
        </Fact>
        {participation !== null && <Fact name="Share of volume">{Math.round(participation * 100)} %</Fact>}
        {displayed !== null && <Fact name="Displayed">{quantity(displayed)}</Fact>}
        <Fact name="Limit">{limitPrice === null ? 'at market' : price(limitPrice)}</Fact>
        <Fact name="Filled">
          {quantity(parent.filledQuantity)} of {quantity(parent.quantity)}
        </Fact>
        {exits !== null && (
          <Fact name="Protected by">
            {[
              exits.stopPrice !== null && `stop ${price(exits.stopPrice)}`,
              exits.targetPrice !== null && `target ${price(exits.targetPrice)}`,
            ]
              .filter(Boolean)
              .join(', ')}
          </Fact>
        )}
        <Fact name="Started">
          <Moment at={parent.startedAt} as="moment" />
        </Fact>
        <Fact name="Ends by">
          <Moment at={parent.endsAt} as="moment" />
        </Fact>
        <Fact name="Order id">
          <span className="mono">{id}</span>
        </Fact>
      </dl>
      <p className={styles.why}>{schedule.why}</p>
      {runId !== null && (
        <p className={styles.links}>
          <Link to="/desk" search={{ symbol: instrument, run: runId }} className={styles.link}>
            Decision and its evidence ›
          </Link>
          <Link to="/plans/$runId" params={{ runId }} className={styles.link}>
            Plan ›
          </Link>
        </p>
      )}
      <h3 className={styles.heading}>Execution</h3>
      <OrderReportPane of={{ parentId: id }} instrument={instrument} isOver={!isWorking} instruments={instruments} />
      <h3 className={styles.heading}>{countWords(children.length, 'part')}</h3>
      {children.length === 0 ? (
        <p className={styles.none}>None yet.</p>
      ) : (
        <PartsTable parent={parent} instruments={instruments} onOpen={onOpenOrder} />
      )}
      <CancelParentDialog parent={isCancelling ? parent : null} onDone={() => setCancelling(false)} />
    </>
  )
}
