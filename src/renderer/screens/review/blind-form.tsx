import { Button, Group, SegmentedControl, Slider } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { ErrorState } from '#renderer/ui/states.tsx'
import type { BlindReview } from '#shared/contract/reviews.ts'
import type { Action } from '#shared/domain/proposal.ts'
import styles from './blind-form.module.css'

/** Asks for the trader's own view before the votes are shown (HO-10; Buçinca and others, 2021). */
export function BlindForm({ review }: { review: BlindReview }) {
  const { client, orpc } = useDesk()
  const [action, setAction] = useState<Action | ''>('')
  const [sure, setSure] = useState(50)
  const judge = useMutation({
    mutationFn: (judged: Action) =>
      client.reviews.recordBlind({ reviewId: review.id, action: judged, confidence: sure / 100 }),
    onSuccess: (_item, _judged, _before, { client: cache }) =>
      cache.invalidateQueries({ queryKey: orpc.reviews.get.key() }),
  })
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (action !== '') judge.mutate(action)
      }}
    >
      <h3>{review.question}</h3>
      <SegmentedControl
        aria-label="Your side"
        value={action}
        onChange={(value) => setAction(value)}
        data={[
          { value: 'buy', label: 'Buy' },
          { value: 'hold', label: 'Hold' },
          { value: 'sell', label: 'Sell' },
        ]}
      />
      <label htmlFor="sure">Your confidence: {sure} %</label>
      <Slider
        id="sure"
        value={sure}
        onChange={setSure}
        min={0}
        max={100}
        step={5}
        label={null}
        thumbLabel="Confidence"
      />
      {judge.isError && (
        <ErrorState
          title="Not recorded"
          error={judge.error}
          effect="The votes stay hidden until your view is recorded."
        />
      )}
      <Group>
        <Button type="submit" variant="filled" disabled={action === ''} loading={judge.isPending}>
          Record and show the votes
        </Button>
      </Group>
    </form>
  )
}
