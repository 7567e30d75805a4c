import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { ErrorState } from '#renderer/ui/states.tsx'
import { useStatus } from '#renderer/ui/status.ts'
import type { Status } from '#shared/contract/system.ts'
import { useShell } from './shell.tsx'

const shortestReason = 10

/** Asks for what re-arming needs: a reason, the account's name and the mode, typed out (KS-9). */
export function RearmDialog() {
  const { rearming, setRearming } = useShell()
  const status = useStatus()
  return (
    <Modal opened={rearming} onClose={() => setRearming(false)} title="Re-arm trading" yOffset={96} centered={false}>
      {status !== undefined && <RearmForm status={status} onDone={() => setRearming(false)} />}
    </Modal>
  )
}

function RearmForm({ status, onDone }: { status: Status; onDone: () => void }) {
  const { client, orpc } = useDesk()
  const cache = useQueryClient()
  const [reason, setReason] = useState('')
  const [account, setAccount] = useState('')
  const [mode, setMode] = useState('')
  const rearm = useMutation({
    mutationFn: () => client.trading.rearm({ reason: reason.trim(), account, mode }),
    onSuccess(latch) {
      cache.setQueryData(orpc.system.status.queryKey(), (old: Status | undefined) => old && { ...old, latch })
      onDone()
    },
  })
  const missing = shortestReason - reason.trim().length
  const ready = missing <= 0 && account === status.account.id && mode.toLowerCase() === status.mode
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) rearm.mutate()
      }}
    >
      <Stack gap="md">
        <p>
          Trading becomes ACTIVE again. Decisions made before the stop are not carried out; stopped runs stay stopped.
        </p>
        <Textarea
          label="Why is it safe to trade again?"
          description={missing > 0 ? `At least ${missing} more characters.` : 'Recorded in the journal.'}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          autosize
          minRows={2}
          data-autofocus
        />
        <TextInput
          label="Account"
          description={`Type ${status.account.id}`}
          value={account}
          onChange={(event) => setAccount(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        <TextInput
          label="Mode"
          description={`Type ${status.mode}`}
          value={mode}
          onChange={(event) => setMode(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        {rearm.isError && (
          <ErrorState title="Not re-armed" error={rearm.error} effect="The trading state has not changed." />
        )}
        <Group justify="flex-end" gap="sm">
          <Button onClick={onDone}>Stay halted</Button>
          <Button type="submit" variant="filled" disabled={!ready} loading={rearm.isPending}>
            Re-arm trading
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
