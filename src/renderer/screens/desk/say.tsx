import { Button, Select, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, memo, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { ErrorState } from '#renderer/ui/states.tsx'
import { seats, seatTitles } from '#shared/domain/agent.ts'
import type { TraderRemark } from '#shared/domain/trader-remark.ts'
import styles from './say.module.css'
import { type Intention, type Leaning, leanings, remarkOf, sayPlaceholder } from './say-view.ts'

/**
 * Where the trader joins in: a question to one agent, a fact for all, or an objection. Always in its place, so that nothing
 * moves when a run begins or ends; null while none is under way.
 */
export const Say = memo(function Say({ runId }: { runId: string | null }) {
  const { client } = useDesk()
  const [intention, setIntention] = useState<Intention>('ask:analyst')
  const [leaning, setLeaning] = useState<Leaning>('none')
  const [text, setText] = useState('')
  const saying = useMutation({
    mutationFn: (said: { runId: string; remark: TraderRemark }) => client.conversations.say(said),
    onSuccess: () => setText(''),
  })

  function submit(event: FormEvent): void {
    event.preventDefault()
    const remark = remarkOf(intention, leaning, text)
    if (remark !== undefined && runId !== null) saying.mutate({ runId, remark })
  }

  return (
    <form className={styles.say} onSubmit={submit} aria-label="Join in">
      <Select
        aria-label="Kind of message"
        w={136}
        value={intention}
        allowDeselect={false}
        maxDropdownHeight={420}
        onChange={(value) => setIntention(value as Intention)}
        data={[
          {
            group: 'Ask',
            items: seats.map((seat) => ({ value: `ask:${seat}`, label: seatTitles[seat] })),
          },
          {
            group: 'Tell everyone',
            items: [
              { value: 'fact', label: 'A fact' },
              { value: 'object', label: 'An objection' },
            ],
          },
        ]}
      />
      {intention === 'fact' && (
        <Select
          aria-label="Direction of the fact"
          w={132}
          value={leaning}
          allowDeselect={false}
          onChange={(value) => setLeaning(value as Leaning)}
          data={leanings.map(({ value, label }) => ({ value, label }))}
        />
      )}
      <TextInput
        className={styles.text}
        aria-label="Your message"
        placeholder={runId === null ? 'Join in while the desk decides' : sayPlaceholder(intention)}
        value={text}
        maxLength={2_000}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" loading={saying.isPending} disabled={runId === null || text.trim() === ''}>
        Send
      </Button>
      {saying.isError && <ErrorState title="Not sent" error={saying.error} effect="The run continues without it." />}
    </form>
  )
})
