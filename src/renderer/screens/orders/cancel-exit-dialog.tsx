import { Button, Group, Modal, Stack } from '@mantine/core'
import type { Order } from '#shared/domain/order.ts'

interface CancelExitDialogProps {
  /** The stop or target; null closes the dialog. */
  order: Order | null
  onCancel: (order: Order) => void
  onDone: () => void
}

/** Asks before a stop or a target is taken away: the desk puts no other there (HO-16). */
export function CancelExitDialog({ order, onCancel, onDone }: CancelExitDialogProps) {
  const leg = order?.contingency?.kind === 'OCO' ? order.contingency.leg : 'stop'
  return (
    <Modal opened={order !== null} onClose={onDone} title={`Cancel the ${leg}?`} yOffset={96}>
      {order !== null && (
        <Stack gap="md">
          <p>
            {leg === 'stop'
              ? `${order.instrument} would have no stop at the venue.`
              : `${order.instrument} would have no target at the venue. Its stop stays.`}{' '}
            The desk does not replace it. To move it, change its price instead.
          </p>
          <Group justify="flex-end" gap="sm">
            <Button onClick={onDone} data-autofocus>
              Keep it
            </Button>
            <Button
              variant="filled"
              onClick={() => {
                onCancel(order)
                onDone()
              }}
            >
              Cancel the {leg}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}
