import { Button, Select, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { AgentName, agentTitle } from '#renderer/ui/agent.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { formatNumber } from '#renderer/ui/format.ts'
import { IconArrowDown } from '#renderer/ui/icons.ts'
import { JudgeFirst } from '#renderer/ui/judge-first.tsx'
import { Panel } from '#renderer/ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import type { Message } from '#shared/domain/message.ts'
import { Citations } from './citations.tsx'
import styles from './conversation.module.css'
import { type Citation, continueMessages, filterMessages, numberEvidence, speakersOf } from './conversation-view.ts'
import { EarlierRun } from './earlier-run.tsx'
import { Say } from './say.tsx'

const pageSize = 1_000
const everyone = 'everyone'

interface ConversationProps {
  runId: string | null
  running: boolean
  className?: string | undefined
}

/** What was said in a run, as it is said. */
export function Conversation({ runId, running, className }: ConversationProps) {
  const [agent, setAgent] = useState<string | null>(null)
  const [search, setSearch] = useState('')
  const wanted = useDeferredValue(search)
  const isBlind = useIsBlind(runId)
  const messages = useMessages(runId, isBlind)
  const evidence = useEvidence(runId)
  const all = isBlind ? noMessages : (messages.data ?? noMessages)
  const shown = useMemo(() => filterMessages(all, agent, wanted), [all, agent, wanted])
  const list = useRef<ListHandle>(null)
  const decision = shown.findLastIndex(({ kind }) => kind === 'decision')

  return (
    <Panel
      title="Conversation"
      className={className}
      about={
        all.length > 0 && <span>{shown.length === all.length ? all.length : `${shown.length} of ${all.length}`}</span>
      }
      tools={
        <>
          <Button variant="subtle" flex="none" disabled={decision < 0} onClick={() => list.current?.show(decision)}>
            Jump to decision
          </Button>
          <Select
            aria-label="Filter by agent"
            w={132}
            value={agent ?? everyone}
            onChange={(value) => setAgent(value === everyone ? null : value)}
            data={[
              { value: everyone, label: 'All agents' },
              ...speakersOf(all).map((each) => ({ value: each, label: agentTitle(each) })),
            ]}
          />
          <TextInput
            aria-label="Search the conversation"
            placeholder="Search"
            w={92}
            miw={48}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        </>
      }
    >
      {runId === null ? (
        <EmptyState title="No messages yet">
          Every thought, argument and vote appears here when the desk decides.
        </EmptyState>
      ) : isBlind ? (
        <JudgeFirst what="What they said is" />
      ) : messages.isError ? (
        <ErrorState
          title="The conversation could not be read"
          error={messages.error}
          effect="The agents carry on; nothing is lost."
          onRetry={() => void messages.refetch()}
        />
      ) : messages.data === undefined ? (
        <LoadingRows rows={6} />
      ) : shown.length === 0 ? (
        <EmptyState
          title={
            all.length > 0 ? 'No message matches the filter' : running ? 'Waiting for the first message' : 'No messages'
          }
        />
      ) : (
        <MessageList key={runId} messages={shown} evidence={evidence} handle={list} />
      )}
      <Say runId={running && !isBlind ? runId : null} />
    </Panel>
  )
}

const noMessages: readonly Message[] = []

/** True while the trader is to judge what the run decided before he reads what was said (HO-10). */
function useIsBlind(runId: string | null): boolean {
  const { orpc } = useDesk()
  const { data } = useQuery({
    ...orpc.runs.vote.queryOptions({ input: { runId: runId ?? '' } }),
    enabled: runId !== null,
    select: (vote) => vote.isBlind,
  })
  return data === true
}

/** All messages of a run; each time only the new ones are fetched. */
function useMessages(runId: string | null, isBlind: boolean) {
  const { client, orpc } = useDesk()
  const cache = useQueryClient()
  const options = orpc.runs.messages.queryOptions({ input: { runId: runId ?? '', limit: pageSize } })
  return useQuery({
    ...options,
    enabled: runId !== null && !isBlind,
    structuralSharing: false,
    queryFn: ({ signal }) =>
      continueMessages(
        cache.getQueryData<Message[]>(options.queryKey) ?? [],
        (after) =>
          client.runs.messages(
            { runId: runId ?? '', limit: pageSize, ...(after === undefined ? {} : { after }) },
            { signal },
          ),
        pageSize,
      ),
  })
}

function useEvidence(runId: string | null): ReadonlyMap<string, Citation> {
  const { orpc } = useDesk()
  const { data } = useQuery({
    ...orpc.runs.evidence.queryOptions({ input: { runId: runId ?? '' } }),
    enabled: runId !== null,
  })
  return useMemo(() => numberEvidence(data ?? []), [data])
}

interface ListHandle {
  show(index: number): void
}

interface MessageListProps {
  messages: readonly Message[]
  evidence: ReadonlyMap<string, Citation>
  handle: React.RefObject<ListHandle | null>
}

const guessedHeight = 64
const nearBottom = 24

/** Only what is in view is drawn. New words scroll the list only when its end was in view already (UX-17). */
function MessageList({ messages, evidence, handle }: MessageListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const following = useRef(true)
  /** How far down the list was when it was scrolled last, by whomever. */
  const top = useRef(0)
  const [seen, setSeen] = useState<number | null>(null)
  const rows = useVirtualizer({
    count: messages.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => guessedHeight,
    getItemKey: (index) => messages[index]?.id ?? index,
    overscan: 6,
  })
  // What keeps the words in view in their place as others above them are measured would draw the list from its end.
  rows.shouldAdjustScrollPositionOnItemSizeChange = ({ start }, _delta, { scrollOffset }) =>
    !following.current && start < (scrollOffset ?? 0)
  handle.current = {
    show(index) {
      following.current = false
      setSeen(messages.length)
      rows.scrollToIndex(index, { align: 'center' })
    },
  }
  const height = rows.getTotalSize()
  const room = rows.scrollRect?.height

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the list grows, is measured anew, or has more or less room
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null || !following.current) return
    element.scrollTop = element.scrollHeight
    top.current = element.scrollTop
  }, [messages.length, height, room])

  function onScroll(): void {
    const element = scroller.current
    if (element === null) return
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < nearBottom
    const movedUp = element.scrollTop < top.current
    top.current = element.scrollTop
    // The end also comes out of view when the list is given less room: only who scrolls up leaves it.
    if (atEnd === following.current || (!atEnd && !movedUp)) return
    following.current = atEnd
    setSeen(atEnd ? null : messages.length)
  }

  function toEnd(): void {
    following.current = true
    setSeen(null)
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
  }

  const unseen = seen === null ? 0 : Math.max(0, messages.length - seen)
  return (
    <div className={styles.list}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div
        ref={scroller}
        className={styles.scroller}
        onScroll={onScroll}
        tabIndex={0}
        role="log"
        aria-label="Messages"
        aria-live="off"
      >
        <div className={styles.content} style={{ height }}>
          {rows.getVirtualItems().map((row) => {
            const message = messages[row.index]
            if (message === undefined) return null
            return (
              <div
                key={row.key}
                ref={rows.measureElement}
                data-index={row.index}
                className={styles.place}
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <MessageRow message={message} evidence={evidence} />
              </div>
            )
          })}
        </div>
      </div>
      {seen !== null && (
        <button type="button" className={styles.pill} onClick={toEnd}>
          <IconArrowDown size={14} aria-hidden /> {unseen === 0 ? 'To the end' : `${unseen} new`}
        </button>
      )}
    </div>
  )
}

const MessageRow = memo(function MessageRow({
  message,
  evidence,
}: {
  message: Message
  evidence: ReadonlyMap<string, Citation>
}) {
  return (
    <article className={styles.message} data-kind={message.kind}>
      <header className={styles.head}>
        <AgentName agent={message.agent} />
        <span className={styles.kind}>{message.kind}</span>
        {message.confidence !== null && (
          <span title="The agent’s confidence, 0 to 1">
            confidence {formatNumber(message.confidence, { places: 2 })}
          </span>
        )}
        <span className={styles.time}>
          <Moment at={message.at} />
        </span>
      </header>
      <p className={styles.text}>
        {message.text} <Citations ids={message.evidence} evidence={evidence} />
        {message.runs?.map((run) => (
          <EarlierRun key={run.id} run={run} />
        ))}
      </p>
    </article>
  )
})
