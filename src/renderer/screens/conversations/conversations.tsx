import { Button, SegmentedControl, Select, TextInput } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useDeferredValue } from 'react'
import { useDesk } from '#renderer/client.ts'
import { AgentName } from '#renderer/ui/agent.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { PanelBody, Screen } from '#renderer/ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { type MessageHit, messageKinds } from '#shared/domain/message.ts'
import styles from './conversations.module.css'
import { Excerpt } from './excerpt.tsx'
import { Memory } from './memory.tsx'
import { isFiltered } from './memory-view.ts'
import { speakers } from './speakers.ts'
import { conversationViews } from './views.ts'

const pageSize = 50

/** What was said on the desk, and what it remembers of it. */
export function ConversationsScreen() {
  const { view = 'said', text, agent, instrument } = useSearch({ from: '/conversations' })
  const navigate = useNavigate({ from: '/conversations' })
  const views = (
    <SegmentedControl
      aria-label="What to search"
      value={view}
      onChange={(next) => {
        const chosen = conversationViews.find((each) => each === next)
        void navigate({ search: { text, agent, instrument, view: chosen } })
      }}
      data={[
        { value: 'said', label: 'Said' },
        { value: 'memory', label: 'Remembered' },
      ]}
    />
  )
  return view === 'memory' ? <Memory views={views} /> : <Said views={views} />
}

/** Everything that was ever said, searched by its words; opening a hit shows its run on the Desk. */
function Said({ views }: { views: ReactNode }) {
  const { orpc } = useDesk()
  const all = useSearch({ from: '/conversations' })
  const { text, agent, kind, instrument } = all
  const search = { text, agent, kind, instrument }
  const navigate = useNavigate({ from: '/conversations' })
  const wanted = useDeferredValue(search)
  const instruments = useQuery(orpc.market.instruments.queryOptions()).data ?? []
  const hits = useInfiniteQuery(
    orpc.conversations.search.infiniteOptions({
      input: (before: number | undefined) => ({
        ...wanted,
        limit: pageSize,
        ...(before === undefined ? {} : { before }),
      }),
      initialPageParam: undefined as number | undefined,
      getNextPageParam: (page) => (page.length < pageSize ? undefined : page.at(-1)?.seq),
      placeholderData: keepPreviousData,
    }),
  )
  const found = hits.data?.pages.flat() ?? []
  const change = (next: Partial<typeof search>) => void navigate({ search: { ...all, ...next }, replace: true })
  return (
    <Screen
      title="Conversations"
      tools={
        <>
          {views}
          <TextInput
            aria-label="Search everything that was said"
            placeholder="Words, &quot;a phrase&quot;, -without"
            w={280}
            value={search.text ?? ''}
            onChange={(event) => change({ text: event.currentTarget.value || undefined })}
          />
          <Select
            aria-label="Whose words"
            placeholder="Everyone"
            w={160}
            clearable
            value={search.agent ?? null}
            onChange={(agent) => change({ agent: agent ?? undefined })}
            data={speakers}
          />
          <Select
            aria-label="Kind"
            placeholder="Every kind"
            w={132}
            clearable
            value={search.kind ?? null}
            onChange={(kind) => change({ kind: messageKinds.find((each) => each === kind) })}
            data={[...messageKinds]}
          />
          <Select
            aria-label="Instrument"
            placeholder="Every instrument"
            w={160}
            clearable
            value={search.instrument ?? null}
            onChange={(instrument) => change({ instrument: instrument ?? undefined })}
            data={instruments.map(({ id }) => id)}
          />
        </>
      }
    >
      {hits.isError ? (
        <ErrorState
          title="The conversations could not be searched"
          error={hits.error}
          effect="Nothing that was said is lost: it is in the journal."
          onRetry={() => void hits.refetch()}
        />
      ) : hits.data === undefined ? (
        <LoadingRows rows={12} />
      ) : found.length === 0 ? (
        <EmptyState title={isFiltered(search) ? 'Nobody has said that' : 'Nobody has spoken yet'}>
          {isFiltered(search)
            ? 'Every word counts: take one away, or a filter.'
            : 'When the desk decides, every thought, argument and vote is here.'}
        </EmptyState>
      ) : (
        <PanelBody label="What was found">
          <ul className={styles.hits}>
            {found.map((hit) => (
              <Hit key={hit.message.id} hit={hit} />
            ))}
          </ul>
          {hits.hasNextPage && (
            <div className={styles.more}>
              <Button onClick={() => void hits.fetchNextPage()} loading={hits.isFetchingNextPage}>
                Older
              </Button>
            </div>
          )}
        </PanelBody>
      )}
    </Screen>
  )
}

function Hit({ hit: { message, instrument, excerpt } }: { hit: MessageHit }) {
  const navigate = useNavigate()
  return (
    <li>
      <button
        type="button"
        className={styles.hit}
        onClick={() => void navigate({ to: '/desk', search: { symbol: instrument ?? undefined, run: message.runId } })}
      >
        <span className={styles.head}>
          <AgentName agent={message.agent} />
          <span>{message.kind}</span>
          <span>{instrument}</span>
          <span className={styles.time}>
            <Moment at={message.at} as="moment" />
          </span>
        </span>
        <Excerpt parts={excerpt} />
      </button>
    </li>
  )
}
