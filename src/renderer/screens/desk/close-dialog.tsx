import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { formatDecimal, formatMoney, placesOf } from '#renderer/ui/format.ts'
import { ErrorState } from '#renderer/ui/states.tsx'
import { useStatus } from '#renderer/ui/status.ts'
import type { Status } from '#shared/contract/system.ts'
import type { Instrument } from '#shared/domain/instrument.ts'
import type { Fill, Order } from '#shared/domain/order.ts'
import type { PositionView } from '#shared/domain/position.ts'
import { absolute } from '#shared/lib/decimal.ts'
import styles from './close-dialog.module.css'
import { type CloseEstimate, closeEstimate, readQuantity } from './close-view.ts'

interface CloseDialogProps {
  /** The position to close, as it is now; undefined closes the dialog. */
  position: PositionView | undefined
  instrument: Instrument | undefined
  fills: readonly Fill[]
  onDone: () => void
}

/** Closes a position or a part of it by hand: names what is sent, what it comes to, and where (HO-8, HO-16, UX-22). */
export function CloseDialog({ position, instrument, fills, onDone }: CloseDialogProps) {
  const status = useStatus()
  const isOpen = position !== undefined && instrument !== undefined && status !== undefined
  return (
    <Modal
      opened={isOpen}
      onClose={onDone}
      title={`Close ${position?.instrument ?? 'the position'}`}
      yOffset={96}
      centered={false}
    >
      {isOpen && (
        <CloseForm
          key={position.instrument}
          position={position}
          instrument={instrument}
          fills={fills}
          status={status}
          onDone={onDone}
        />
      )}
    </Modal>
  )
}

interface CloseFormProps {
  position: PositionView
  instrument: Instrument
  fills: readonly Fill[]
  status: Status
  onDone: () => void
}

function CloseForm({ position, instrument, fills, status, onDone }: CloseFormProps) {
  const { client, orpc } = useDesk()
  const cache = useQueryClient()
  // Until the trader says otherwise it is all that is held, also when that changes.
  const [edited, setEdited] = useState<string | null>(null)
  const typed = edited ?? absolute(position.quantity)
  const [reason, setReason] = useState('Closed by hand')
  // One key for what this dialog asks for, however often it is sent.
  const [key] = useState(() => crypto.randomUUID())
  const { quantity, problem } = readQuantity(typed, position, instrument)
  const close = useMutation({
    mutationFn: () =>
      client.trading.close({
        key,
        instrument: position.instrument,
        reason: reason.trim(),
        ...(quantity !== null && { quantity }),
      }),
    async onSuccess(order) {
      if (isRefused(order)) return
      // Who asks again sees what is left.
      await cache.invalidateQueries({ queryKey: orpc.trading.positions.key() })
      onDone()
    },
  })
  const refused = close.data !== undefined && isRefused(close.data) ? close.data : undefined
  const isHalted = status.latch.state === 'HALTED'
  const ready = quantity !== null && reason.trim() !== '' && !isHalted && refused === undefined
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (ready) close.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {isHalted && <Halted status={status} />}
        <TextInput
          label={`Quantity in ${instrument.base}`}
          description={`${absolute(position.quantity)} held`}
          value={typed}
          onChange={(event) => setEdited(event.currentTarget.value)}
          error={problem}
          inputMode="decimal"
          autoComplete="off"
          rightSectionWidth={60}
          rightSection={
            <Button size="compact-xs" variant="subtle" onClick={() => setEdited(null)}>
              All
            </Button>
          }
        />
        <TextInput
          label="Reason"
          description="Recorded in the journal."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {quantity !== null && (
          <Estimate estimate={closeEstimate(position, quantity, fills)} instrument={instrument} status={status} />
        )}
        {close.isError && (
          <ErrorState title="Not closed" error={close.error} effect="The position is as the table shows it." />
        )}
        {refused !== undefined && (
          <p className={styles.refused} role="status">
            Not closed: the order was {refused.status.toLowerCase()}. {refused.reason} The position has not changed.
          </p>
        )}
        <Group justify="flex-end" gap="sm">
          <Button onClick={onDone} data-autofocus>
            Keep the position
          </Button>
          <Button type="submit" variant="filled" disabled={!ready} loading={close.isPending}>
            Close {quantity ?? ''} {instrument.base}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function isRefused({ status }: Order): boolean {
  return status === 'DENIED' || status === 'REJECTED'
}

function Halted({ status }: { status: Status }) {
  const { client, orpc } = useDesk()
  const cache = useQueryClient()
  const reduce = useMutation({
    mutationFn: () => client.trading.reduce({ reason: 'The trader closes by hand' }),
    onSuccess: (latch) =>
      cache.setQueryData(orpc.system.status.queryKey(), (old: Status | undefined) => old && { ...old, latch }),
  })
  return (
    <div className={styles.halted} role="status">
      <p>
        Trading is HALTED: {status.latch.reason}. Only cancels are sent. To close by hand the desk must be REDUCING:
        positions can be closed, not opened, and stopped runs stay stopped.
      </p>
      <Button onClick={() => reduce.mutate()} loading={reduce.isPending}>
        Allow closing by hand
      </Button>
      {reduce.isError && <ErrorState title="Still halted" error={reduce.error} effect="Only cancels are sent." />}
    </div>
  )
}

interface EstimateProps {
  estimate: CloseEstimate
  instrument: Instrument
  status: Status
}

function Estimate({ estimate, instrument, status }: EstimateProps) {
  const { side, quantity, worth, fee, after } = estimate
  const { base, quote, quantityStep } = instrument
  const places = placesOf(quantityStep)
  const rows: readonly (readonly [string, string])[] = [
    ['Order', `${side} ${formatDecimal(quantity, { places })} ${base} at market, reduce only`],
    ['Notional at the last price', formatMoney(worth, quote)],
    ['Fee, at the rate of earlier fills', formatMoney(fee, quote)],
    ['Position after', `${formatDecimal(after, { places, signed: true })} ${base}`],
    ['Account', `${status.account.id}, ${status.mode.toUpperCase()}`],
  ]
  return (
    <dl className={styles.estimate}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
