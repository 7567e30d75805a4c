import { Button, Group, Modal, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { ErrorState } from '#renderer/ui/states.tsx'
import type { ParentOrderView } from '#shared/domain/parent-order.ts'
import { subtract } from '#shared/lib/decimal.ts'

interface CancelParentDialogProps {
  /** The order in parts as it was when the question was asked; null closes the dialog. */
  parent: ParentOrderView | null
  onDone: () => void
}

/** Asks before the rest of an order in parts is given up (HO-16). */
export function CancelParentDialog({ parent, onDone }: CancelParentDialogProps) {
  return (
    <Modal opened={parent !== null} onClose={onDone} title="Cancel the rest?" yOffset={96}>
      {parent !== null && <CancelParentForm parent={parent} onDone={onDone} />}
    </Modal>
  )
}

function CancelParentForm({ parent, onDone }: { parent: ParentOrderView; onDone: () => void }) {
  const { client } = useDesk()
  const { id, side, quantity, filledQuantity, instrument, exits } = parent
  const cancel = useMutation({ mutationFn: () => client.trading.cancelParent({ parentId: id }), onSuccess: onDone })
  return (
    <Stack gap="md">
      <p>
        {side === 'buy' ? 'Buy' : 'Sell'} {quantity} {instrument}: the remaining {subtract(quantity, filledQuantity)} is
        not sent, and the part that is working is cancelled. {filledQuantity} is filled and stays
        {exits === null ? '.' : '; its stop and target stay too.'}
      </p>
      {cancel.isError && <ErrorState title="Not cancelled" error={cancel.error} effect="It continues. STOP ends it." />}
      <Group justify="flex-end" gap="sm">
        <Button onClick={onDone} data-autofocus>
          Keep it working
        </Button>
        <Button variant="filled" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          Cancel the rest
        </Button>
      </Group>
    </Stack>
  )
}
