import { Button, Group, Modal, Select, Stack, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { formatDuration, formatMoney } from '#renderer/ui/format.ts'
import { ErrorState } from '#renderer/ui/states.tsx'
import { useStatus } from '#renderer/ui/status.ts'
import type { ReviewView, ShownReview } from '#shared/contract/reviews.ts'
import { type OverrideReason, overrideReasons, type ReviewWords } from '#shared/domain/review.ts'
import { orderWords, reasonWords } from '#shared/domain/review-words.ts'
import { decimal, isDecimal } from '#shared/lib/decimal.ts'
import { ExecutionFields } from './execution-fields.tsx'
import { readExecution, type TypedExecution, typedOf } from './execution-view.ts'

/** What can be done with a review. */
export type Act = 'approve' | 'edit' | 'reject' | 'ask' | 'snooze'

interface ReviewDialogsProps {
  review: ReviewView
  act: Act | null
  /** How long the review has been looked at, in milliseconds. */
  dwellMs: () => number
  onDone: () => void
}

const titles: Readonly<Record<Act, string>> = {
  approve: 'Send this order?',
  edit: 'Change the order',
  reject: 'Reject the decision',
  ask: 'Ask the agents to vote again',
  snooze: 'Snooze',
}

/** The question that each act asks before it does anything; its first focus is where nothing is sent (HO-16). */
export function ReviewDialogs({ act, onDone, ...rest }: ReviewDialogsProps) {
  const { review, dwellMs } = rest
  return (
    <Modal opened={act !== null} onClose={onDone} title={act === null ? '' : titles[act]} yOffset={96}>
      {act === 'approve' && !review.isBlind && <Approve review={review} dwellMs={dwellMs} onDone={onDone} />}
      {act === 'edit' && !review.isBlind && <Edit review={review} dwellMs={dwellMs} onDone={onDone} />}
      {act === 'reject' && <Reject {...rest} onDone={onDone} />}
      {act === 'ask' && <Ask {...rest} onDone={onDone} />}
      {act === 'snooze' && <Snooze {...rest} onDone={onDone} />}
    </Modal>
  )
}

type FormProps = Omit<ReviewDialogsProps, 'act'>
type OrderFormProps = FormProps & { review: ShownReview }

/** Does an act, then has everything about reviews fetched again. */
function useAct(call: () => Promise<unknown>, onDone: () => void) {
  const { orpc } = useDesk()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: call,
    onSuccess: onDone,
    onSettled: () => cache.invalidateQueries({ queryKey: orpc.reviews.key() }),
  })
}

interface FormShellProps {
  act: ReturnType<typeof useAct>
  ready: boolean
  verb: string
  cancel: string
  failed: string
  onDone: () => void
  /** Puts the first focus on the button that does nothing. */
  carefully?: boolean
  children: ReactNode
}

function FormShell({ act, ready, verb, cancel, failed, onDone, carefully, children }: FormShellProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) act.mutate()
      }}
    >
      <Stack gap="md">
        {children}
        {act.isError && <ErrorState title={failed} error={act.error} effect="Nothing was sent." />}
        <Group justify="flex-end" gap="sm">
          <Button onClick={onDone} {...(carefully === true && { 'data-autofocus': true })}>
            {cancel}
          </Button>
          <Button type="submit" variant="filled" disabled={!ready} loading={act.isPending}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** A reason from the list and free words, as far as they are there. */
function useWords() {
  const [code, setCode] = useState<OverrideReason | null>(null)
  const [text, setText] = useState('')
  const words: ReviewWords | null = code !== null && text.trim().length >= 3 ? { code, words: text.trim() } : null
  const fields = (
    <>
      <Select
        label="Reason"
        placeholder="Choose one"
        value={code}
        onChange={(value) => setCode(value)}
        data={overrideReasons.map((value) => ({ value, label: reasonWords[value] }))}
      />
      <Textarea
        label="In your words"
        description="Recorded in the journal. The result of both choices is shown later."
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        autosize
        minRows={2}
      />
    </>
  )
  return { words, fields }
}

function Approve({ review, dwellMs, onDone }: OrderFormProps) {
  const { client } = useDesk()
  const status = useStatus()
  // What was on show when the question was asked is what is approved, whatever the desk has by now.
  const [{ id, order, orderHash, facts, agreed }] = useState(review)
  const { words, fields } = useWords()
  const act = useAct(
    () => client.reviews.approve({ reviewId: id, orderHash, dwellMs: dwellMs(), ...(words !== null && { words }) }),
    onDone,
  )
  const currency = status?.account.currency ?? ''
  return (
    <FormShell
      {...{ act, onDone }}
      ready={agreed || words !== null}
      verb="Send the order"
      cancel="Keep waiting"
      failed="Not approved"
      carefully
    >
      <p>
        One order: <strong>{orderWords(order)}</strong>, notional {formatMoney(facts.notional, currency)}, account{' '}
        {status?.account.id} ({status?.mode ?? 'paper'}). The gate checks it again when it is sent. A fill cannot be
        undone.
      </p>
      {!agreed && (
        <>
          <p>The vote did not pass. Sending the order anyway is an override and needs a reason.</p>
          {fields}
        </>
      )}
    </FormShell>
  )
}

function Edit({ review, onDone }: OrderFormProps) {
  const { client } = useDesk()
  const [quantity, setQuantity] = useState<string>(review.order.quantity)
  const [limit, setLimit] = useState<string>(review.order.limitPrice ?? '')
  const [execution, setExecution] = useState<TypedExecution>(() => typedOf(review.order.execution))
  const { words, fields } = useWords()
  const how = readExecution(execution)
  const isPositive = (text: string) => isDecimal(text) && Number(text) > 0
  const isGood = isPositive(quantity) && (limit === '' || isPositive(limit)) && how !== null
  const act = useAct(
    () =>
      client.reviews.edit({
        reviewId: review.id,
        quantity: decimal(quantity),
        limitPrice: limit === '' ? null : decimal(limit),
        execution: how ?? undefined,
        words: words ?? { code: 'OTHER', words: '' },
      }),
    onDone,
  )
  return (
    <FormShell
      {...{ act, onDone }}
      ready={isGood && words !== null}
      verb="Show the changed order"
      cancel="Keep it unchanged"
      failed="Not changed"
    >
      <p>Nothing is sent yet. The numbers are recalculated, and the changed order waits for your approval.</p>
      <TextInput
        label="Quantity"
        value={quantity}
        onChange={(event) => setQuantity(event.currentTarget.value.trim())}
        error={isPositive(quantity) ? undefined : 'A number above zero'}
        data-autofocus
      />
      <TextInput
        label="Limit price"
        description="Empty: at market."
        value={limit}
        onChange={(event) => setLimit(event.currentTarget.value.trim())}
        error={limit === '' || isPositive(limit) ? undefined : 'A number above zero, or empty'}
      />
      <ExecutionFields typed={execution} onChange={setExecution} reduces={review.order.reduceOnly} />
      {fields}
    </FormShell>
  )
}

function Reject({ review, dwellMs, onDone }: FormProps) {
  const { client } = useDesk()
  const { words, fields } = useWords()
  const act = useAct(
    () =>
      client.reviews.reject({
        reviewId: review.id,
        dwellMs: dwellMs(),
        words: words ?? { code: 'OTHER', words: '' },
      }),
    onDone,
  )
  return (
    <FormShell {...{ act, onDone }} ready={words !== null} verb="Reject" cancel="Keep waiting" failed="Not rejected">
      <p>Nothing is sent, and the run ends.</p>
      {fields}
    </FormShell>
  )
}

function Ask({ review, onDone }: FormProps) {
  const { client } = useDesk()
  const [question, setQuestion] = useState('')
  const left = review.policy.questions - review.questions.length
  const act = useAct(() => client.reviews.ask({ reviewId: review.id, question: question.trim() }), onDone)
  return (
    <FormShell
      {...{ act, onDone }}
      ready={question.trim().length >= 3}
      verb="Ask the agents"
      cancel="Keep waiting"
      failed="Not asked"
    >
      <Textarea
        label="Your question, or what they should consider"
        description={`It is added to the evidence for the new vote. ${left} of ${review.policy.questions} questions left.`}
        value={question}
        onChange={(event) => setQuestion(event.currentTarget.value)}
        autosize
        minRows={3}
        data-autofocus
      />
    </FormShell>
  )
}

const snoozes = [30_000, 60_000, 120_000, 300_000, 600_000]

function Snooze({ review, onDone }: FormProps) {
  const { client } = useDesk()
  const choices = snoozes.filter((ms) => ms < review.leftMs - 5_000)
  const [forMs, setForMs] = useState(String(choices[0] ?? ''))
  const act = useAct(() => client.reviews.snooze({ reviewId: review.id, forMs: Number(forMs) }), onDone)
  return (
    <FormShell {...{ act, onDone }} ready={forMs !== ''} verb="Snooze" cancel="Keep it open" failed="Not snoozed">
      {choices.length === 0 ? (
        <p>It expires too soon to snooze.</p>
      ) : (
        <Select
          label="For how long"
          description="The time it expires does not change."
          value={forMs}
          onChange={(value) => setForMs(value ?? '')}
          data={choices.map((ms) => ({ value: String(ms), label: formatDuration(ms) }))}
          data-autofocus
        />
      )}
    </FormShell>
  )
}
