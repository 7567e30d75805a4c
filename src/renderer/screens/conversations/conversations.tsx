import { SegmentedControl } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useDeferredValue } from 'react'
import { useDesk } from '#renderer/client.ts'
import { Screen } from '#renderer/ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { messageKinds } from '#shared/domain/message.ts'
import { ChoiceFilter, InstrumentFilter, SpeakerFilter, WordsFilter } from './filters.tsx'
import { Hit, HitList } from './hit-list.tsx'
import { Memory } from './memory.tsx'
import { isFiltered } from './memory-view.ts'
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
        { value: 'said', label: 'Messages' },
        { value: 'memory', label: 'Memory' },
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
  const open = useNavigate()
  const wanted = useDeferredValue(search)
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
          <WordsFilter label="Search all messages" width={280} value={text} onChange={(text) => change({ text })} />
          <SpeakerFilter label="Filter by agent" width={160} value={agent} onChange={(agent) => change({ agent })} />
          <ChoiceFilter
            label="Kind"
            all="All kinds"
            width={132}
            value={kind}
            onChange={(kind) => change({ kind: messageKinds.find((each) => each === kind) })}
            choices={messageKinds}
          />
          <InstrumentFilter width={160} value={instrument} onChange={(instrument) => change({ instrument })} />
        </>
      }
    >
      {hits.isError ? (
        <ErrorState
          title="The conversations could not be searched"
          error={hits.error}
          effect="Nothing is lost: every message is in the journal."
          onRetry={() => void hits.refetch()}
        />
      ) : hits.data === undefined ? (
        <LoadingRows rows={12} />
      ) : found.length === 0 ? (
        <EmptyState title={isFiltered(search) ? 'No matching messages' : 'No messages yet'}>
          {isFiltered(search)
            ? 'All words must match. Remove one, or a filter.'
            : 'Every thought, argument and vote appears here when the desk decides.'}
        </EmptyState>
      ) : (
        <HitList pages={hits}>
          {found.map(({ message, instrument, excerpt }) => (
            <Hit
              key={message.id}
              agent={message.agent}
              about={[message.kind, instrument]}
              at={message.at}
              excerpt={excerpt}
              onOpen={() => void open({ to: '/desk', search: { symbol: instrument ?? undefined, run: message.runId } })}
            />
          ))}
        </HitList>
      )}
    </Screen>
  )
}
