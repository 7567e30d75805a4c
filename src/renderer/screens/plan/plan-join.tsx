import { Button, Group, Modal, MultiSelect, SegmentedControl, Select, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { agentTitle } from '#renderer/ui/agent.tsx'
import { ErrorState } from '#renderer/ui/states.tsx'
import type { PlanView } from '#shared/contract/plans.ts'
import { conflictKindSchema, conflictKinds } from '#shared/domain/conflict.ts'
import { isPerpetual } from '#shared/domain/instrument.ts'
import { decimal, isDecimal } from '#shared/lib/decimal.ts'
import styles from './desk-plans.module.css'
import { KnownConflicts } from './plan-conflicts.tsx'

/** The trader's part in a plan that is being voted on: a conflict to raise, or a proposal of one's own; null closes it. */
export function PlanJoin({ plan, onDone }: { plan: PlanView | null; onDone: () => void }) {
  const [what, setWhat] = useState<'conflict' | 'proposal'>('conflict')
  return (
    <Modal
      opened={plan !== null}
      onClose={onDone}
      title={`Join in: ${plan?.title ?? ''}`}
      yOffset={96}
      centered={false}
    >
      {plan !== null && (
        <Stack gap="md">
          <SegmentedControl
            aria-label="What to do"
            value={what}
            onChange={setWhat}
            data={[
              { value: 'conflict', label: 'Raise a conflict' },
              { value: 'proposal', label: 'Propose' },
            ]}
          />
          {what === 'conflict' ? (
            <ConflictForm key={plan.id} plan={plan} onDone={onDone} />
          ) : (
            <ProposalForm key={plan.id} plan={plan} onDone={onDone} />
          )}
        </Stack>
      )}
    </Modal>
  )
}

interface FormProps {
  plan: PlanView
  onDone: () => void
}

function ConflictForm({ plan, onDone }: FormProps) {
  const { orpc, client } = useDesk()
  const cache = useQueryClient()
  const [kind, setKind] = useState<(typeof conflictKinds)[number]>('size')
  const [between, setBetween] = useState<string[]>([])
  const [description, setDescription] = useState('')
  const names = plan.participants.map(({ voter }) => voter)
  const raise = useMutation({
    mutationFn: () =>
      client.plans.resolveConflict({
        planId: plan.id,
        kind,
        between: names.filter((name) => between.includes(name)),
        description: description.trim(),
      }),
    onSuccess: () => cache.invalidateQueries({ queryKey: orpc.plans.conflicts.key() }),
  })
  const ready = between.length >= 2 && description.trim() !== ''
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (ready) raise.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <KnownConflicts planId={plan.id} />
        <Select
          label="Conflict about"
          value={kind}
          onChange={(value) => setKind(conflictKindSchema.parse(value ?? kind))}
          data={[...conflictKinds]}
          allowDeselect={false}
        />
        <MultiSelect
          label="Between"
          value={between}
          onChange={setBetween}
          data={names.map((name) => ({ value: name, label: agentTitle(name) }))}
        />
        <TextInput
          label="Description"
          description="Shown in the conversation. They negotiate and vote again; you decide what stays open."
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        {raise.isError && (
          <ErrorState title="No conflict was raised" error={raise.error} effect="The vote continues without it." />
        )}
        {raise.data !== undefined && (
          <p className={styles.about} role="status">
            {raise.data.settled === 'open' ? 'Not settled: the decision comes to you.' : 'Settled.'}
          </p>
        )}
        <Group justify="flex-end" gap="sm">
          <Button onClick={onDone}>Close</Button>
          <Button type="submit" variant="filled" disabled={!ready} loading={raise.isPending}>
            Raise it
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

const orNull = (text: string) => (text.trim() === '' ? null : decimal(text.trim()))

function ProposalForm({ plan, onDone }: FormProps) {
  const { client } = useDesk()
  const [action, setAction] = useState<'buy' | 'sell'>('buy')
  const [quantity, setQuantity] = useState('')
  const [stop, setStop] = useState('')
  const [target, setTarget] = useState('')
  const [reason, setReason] = useState('')
  const propose = useMutation({
    mutationFn: () =>
      client.plans.addProposal({
        planId: plan.id,
        action,
        quantity: decimal(quantity.trim()),
        stop: orNull(stop),
        target: orNull(target),
        reason: reason.trim(),
      }),
    onSuccess: onDone,
  })
  // On spot a sale only reduces, and what reduces brings no stop.
  const reducesOnly = action === 'sell' && !isPerpetual(plan.instrument)
  const numbers = [stop, target].every((text) => text.trim() === '' || isDecimal(text.trim()))
  const ready = isDecimal(quantity.trim()) && numbers && reason.trim() !== ''
  function submit(event: FormEvent): void {
    event.preventDefault()
    if (ready) propose.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <p className={styles.about}>
          It competes with the desk’s proposals. Every seat says which one it prefers, and the one most of them prefer
          goes to the vote. Yours is marked as yours.
        </p>
        <SegmentedControl
          aria-label="Action"
          value={action}
          onChange={setAction}
          data={[
            { value: 'buy', label: `Buy ${plan.instrument}` },
            { value: 'sell', label: `Sell ${plan.instrument}` },
          ]}
        />
        <Group grow gap="sm">
          <TextInput
            label="Quantity"
            value={quantity}
            onChange={(event) => setQuantity(event.currentTarget.value)}
            inputMode="decimal"
          />
          <TextInput
            label="Stop"
            value={stop}
            onChange={(event) => setStop(event.currentTarget.value)}
            inputMode="decimal"
            disabled={reducesOnly}
          />
          <TextInput
            label="Target"
            value={target}
            onChange={(event) => setTarget(event.currentTarget.value)}
            inputMode="decimal"
            disabled={reducesOnly}
          />
        </Group>
        <TextInput
          label="Why"
          description="Shown in the conversation."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {propose.isError && (
          <ErrorState title="Nothing was proposed" error={propose.error} effect="The vote continues as it was." />
        )}
        <Group justify="flex-end" gap="sm">
          <Button onClick={onDone}>Not now</Button>
          <Button type="submit" variant="filled" disabled={!ready} loading={propose.isPending}>
            Propose it
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
