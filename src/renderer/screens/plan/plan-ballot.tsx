import { Button, Group, Modal, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { ErrorState } from '#renderer/ui/states.tsx'
import type { PlanView } from '#shared/contract/plans.ts'
import styles from './desk-plans.module.css'

type Choice = 'approve' | 'reject' | 'abstain'

/** The trader's ballot on what a plan has put to the vote; undefined closes it. */
export function PlanBallot({ plan, onDone }: { plan: PlanView | null; onDone: () => void }) {
  return (
    <Modal opened={plan !== null} onClose={onDone} title={`Vote: ${plan?.title ?? ''}`} yOffset={96} centered={false}>
      {plan !== null && <BallotForm key={plan.id} plan={plan} onDone={onDone} />}
    </Modal>
  )
}

function BallotForm({ plan, onDone }: { plan: PlanView; onDone: () => void }) {
  const { client } = useDesk()
  const [choice, setChoice] = useState<Choice>('approve')
  const [reason, setReason] = useState('')
  const cast = useMutation({
    mutationFn: () => client.plans.vote({ planId: plan.id, ballot: { choice, reasons: [reason.trim()] } }),
    onSuccess(kept) {
      if (kept.counts) onDone()
    },
  })
  const ready = reason.trim() !== ''
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (ready) cast.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <p className={styles.about}>
          Up for vote: {plan.question?.action.toUpperCase() ?? 'nothing yet'} {plan.instrument}. You can vote again
          until the deadline; the last ballot counts.
        </p>
        <SegmentedControl
          aria-label="Your vote"
          value={choice}
          onChange={setChoice}
          data={[
            { value: 'approve', label: 'Approve' },
            { value: 'reject', label: 'Reject' },
            { value: 'abstain', label: 'Abstain' },
          ]}
        />
        <TextInput
          label="Why"
          description="Shown in the conversation."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
        {cast.isError && (
          <ErrorState title="No ballot was cast" error={cast.error} effect="The vote continues without it." />
        )}
        {cast.data?.counts === false && (
          <p className={styles.about} role="status">
            {cast.data.note}
          </p>
        )}
        <Group justify="flex-end" gap="sm">
          <Button onClick={onDone}>Not now</Button>
          <Button type="submit" variant="filled" disabled={!ready} loading={cast.isPending}>
            Cast the ballot
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
