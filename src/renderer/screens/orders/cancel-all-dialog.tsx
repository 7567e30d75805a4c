import { Button, Checkbox, Group, Modal, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { ErrorState } from '#renderer/ui/states.tsx'
import type { Order } from '#shared/domain/order.ts'
import { cancelCounts, countWords } from './orders-view.ts'

interface CancelAllDialogProps {
  isOpen: boolean
  /** What works now. */
  orders: readonly Order[]
  onDone: () => void
}

/** Asks before all that works is cancelled; what protects positions stays unless it is said (HO-16). */
export function CancelAllDialog({ isOpen, orders, onDone }: CancelAllDialogProps) {
  return (
    <Modal opened={isOpen} onClose={onDone} title="Cancel all working orders?" yOffset={96}>
      {isOpen && <CancelAllForm orders={orders} onDone={onDone} />}
    </Modal>
  )
}

function CancelAllForm({ orders, onDone }: Omit<CancelAllDialogProps, 'isOpen'>) {
  const { client } = useDesk()
  const { others, exits } = cancelCounts(orders)
  const [protection, setProtection] = useState(false)
  const cancel = useMutation({ mutationFn: () => client.trading.cancelAll({ protection }), onSuccess: onDone })
  const count = others + (protection ? exits : 0)
  return (
    <Stack gap="md">
      <p>
        {others === 0 ? 'Only stops and targets are working.' : `${countWords(others, 'order')} would be cancelled.`}{' '}
        Fills stay. Runs continue and may send new orders; STOP ends them too.
      </p>
      {exits > 0 && (
        <Checkbox
          label={`Also the ${exits === 1 ? 'one stop or target' : `${exits} stops and targets`} that protect${exits === 1 ? 's a position' : ' positions'}`}
          description="Positions would be unprotected at the venue; the desk does not replace them."
          checked={protection}
          onChange={(event) => setProtection(event.currentTarget.checked)}
        />
      )}
      {cancel.isError && (
        <ErrorState
          title="Not all cancelled"
          error={cancel.error}
          effect="Orders still working are in the list. STOP cancels without asking."
        />
      )}
      <Group justify="flex-end" gap="sm">
        <Button onClick={onDone} data-autofocus>
          Keep them
        </Button>
        <Button variant="filled" disabled={count === 0} loading={cancel.isPending} onClick={() => cancel.mutate()}>
          Cancel {countWords(count, 'order')}
        </Button>
      </Group>
    </Stack>
  )
}
