import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { ErrorState } from '#renderer/ui/states.tsx'
import type { Instrument } from '#shared/domain/instrument.ts'
import { isExit, type Order } from '#shared/domain/order.ts'
import { changeableTerms, type OrderTerm, readTerm, termTitles } from './orders-view.ts'

interface ChangeDialogProps {
  /** The order as it was when the question was asked; null closes the dialog. */
  order: Order | null
  instruments: readonly Instrument[]
  onDone: () => void
}

/** Changes the price or the quantity of a working order; the gate looks at what it becomes before it is sent. */
export function ChangeDialog({ order, instruments, onDone }: ChangeDialogProps) {
  return (
    <Modal opened={order !== null} onClose={onDone} title="Change the order" yOffset={96}>
      {order !== null && (
        <ChangeForm
          key={order.clientOrderId}
          order={order}
          instrument={instruments.find(({ id }) => id === order.instrument)}
          onDone={onDone}
        />
      )}
    </Modal>
  )
}

interface ChangeFormProps {
  order: Order
  instrument: Instrument | undefined
  onDone: () => void
}

function ChangeForm({ order, instrument, onDone }: ChangeFormProps) {
  const { client } = useDesk()
  const terms = changeableTerms(order)
  const [typed, setTyped] = useState<Readonly<Partial<Record<OrderTerm, string>>>>({})
  const read = terms.map((term) => {
    const text = typed[term] ?? order[term] ?? ''
    return { term, text, ...readTerm(text, term, order, instrument) }
  })
  const changed = read.filter(({ term, value }) => value !== null && value !== order[term])
  const isReady = changed.length > 0 && read.every(({ problem }) => problem === null)
  const change = useMutation({
    mutationFn: () =>
      client.trading.change({
        clientOrderId: order.clientOrderId,
        ...Object.fromEntries(changed.map(({ term, value }) => [term, value])),
      }),
    onSuccess: onDone,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isReady) change.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <p>
          {order.side.toUpperCase()} {order.quantity} {order.instrument}, {order.filledQuantity} filled. The old terms
          apply until the venue confirms the change.
        </p>
        {read.map(({ term, text, problem }, index) => (
          <TextInput
            key={term}
            label={termTitles[term]}
            description={term === 'quantity' ? 'Including what is filled.' : `Now ${order[term]}`}
            value={text}
            onChange={(event) => {
              const { value } = event.currentTarget
              setTyped((before) => ({ ...before, [term]: value }))
            }}
            error={problem}
            inputMode="decimal"
            autoComplete="off"
            {...(index === 0 && { 'data-autofocus': true })}
          />
        ))}
        {isExit(order) && <p>Its quantity follows the entry it protects.</p>}
        {change.isError && (
          <ErrorState title="Not changed" error={change.error} effect="The order keeps its old terms." />
        )}
        <Group justify="flex-end" gap="sm">
          <Button onClick={onDone}>Keep it unchanged</Button>
          <Button type="submit" variant="filled" disabled={!isReady} loading={change.isPending}>
            Send the change
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
