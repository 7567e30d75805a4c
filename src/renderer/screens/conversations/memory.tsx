import { Button, Select, TextInput } from '@mantine/core'
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useDeferredValue } from 'react'
import { useDesk } from '#renderer/client.ts'
import { AgentName } from '#renderer/ui/agent.tsx'
import { Moment } from '#renderer/ui/figures.tsx'
import { PanelBody, Screen } from '#renderer/ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import type { MemoryHit } from '#shared/domain/memory.ts'
import styles from './conversations.module.css'
import { Excerpt } from './excerpt.tsx'
import memoryStyles from './memory.module.css'
import { isFiltered, kindChoices, kindWords, regimeChoices, regimeTitles, tierChoices } from './memory-view.ts'
import { RememberedRunDetail } from './remembered-run.tsx'
import { speakers } from './speakers.ts'

const pageSize = 50

/** What the desk knew, decided and learned, searched by words and by what it was about; beside it the run of what was found. */
export function Memory({ views }: { views: ReactNode }) {
  const { orpc } = useDesk()
  const all = useSearch({ from: '/conversations' })
  const { text, agent, instrument, regime, what, tier, run } = all
  const navigate = useNavigate({ from: '/conversations' })
  const search = { text, agent, instrument, regime, kind: what, tier }
  const wanted = useDeferredValue(search)
  const instruments = useQuery(orpc.market.instruments.queryOptions()).data ?? []
  const hits = useInfiniteQuery(
    orpc.memory.search.infiniteOptions({
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
  const shown = run ?? found[0]?.runId
  const change = (next: Partial<typeof all>) => void navigate({ search: { ...all, ...next }, replace: true })
  return (
    <Screen title="Conversations" tools={views}>
      <div className={memoryStyles.filters}>
        <TextInput
          aria-label="Search memory"
          placeholder="Words, &quot;a phrase&quot;, -without"
          w={200}
          value={text ?? ''}
          onChange={(event) => change({ text: event.currentTarget.value || undefined })}
        />
        <Select
          aria-label="Instrument"
          placeholder="Every instrument"
          w={156}
          clearable
          value={instrument ?? null}
          onChange={(value) => change({ instrument: value ?? undefined })}
          data={instruments.map(({ id }) => id)}
        />
        <Select
          aria-label="Kind of market"
          placeholder="Every market"
          w={124}
          clearable
          value={regime ?? null}
          onChange={(value) => change({ regime: regimeChoices.find((each) => each.value === value)?.value })}
          data={regimeChoices}
        />
        <Select
          aria-label="Whose"
          placeholder="Everyone"
          w={140}
          clearable
          value={agent ?? null}
          onChange={(value) => change({ agent: value ?? undefined })}
          data={speakers}
        />
        <Select
          aria-label="Known, decided or learned"
          placeholder="Everything"
          w={112}
          clearable
          value={what ?? null}
          onChange={(value) => change({ what: kindChoices.find((each) => each.value === value)?.value })}
          data={kindChoices}
        />
        <Select
          aria-label="How long ago"
          placeholder="Every run"
          w={124}
          clearable
          value={tier ?? null}
          onChange={(value) => change({ tier: tierChoices.find((each) => each.value === value)?.value })}
          data={tierChoices}
        />
      </div>
      {hits.isError ? (
        <ErrorState
          title="Memory could not be searched"
          error={hits.error}
          effect="Nothing is lost: it is made from the journal."
          onRetry={() => void hits.refetch()}
        />
      ) : hits.data === undefined ? (
        <LoadingRows rows={12} />
      ) : found.length === 0 ? (
        <EmptyState title={isFiltered(search) ? 'Nothing like that is remembered' : 'Nothing is remembered yet'}>
          {isFiltered(search)
            ? 'Every word counts: take one away, or a filter. Of older runs only what was decided and learned is at hand.'
            : 'Once the desk has decided, what it knew, decided and learned is here, and is brought into decisions in situations like it.'}
        </EmptyState>
      ) : (
        <div className={memoryStyles.columns}>
          <PanelBody label="What was found">
            <ul className={styles.hits}>
              {found.map((hit) => (
                <Hit key={hit.seq} hit={hit} isShown={hit.runId === shown} onOpen={() => change({ run: hit.runId })} />
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
          {shown !== undefined && <RememberedRunDetail key={shown} runId={shown} />}
        </div>
      )}
    </Screen>
  )
}

function Hit({ hit, isShown, onOpen }: { hit: MemoryHit; isShown: boolean; onOpen: () => void }) {
  const { agent, kind, instrument, regime, at, excerpt } = hit
  return (
    <li>
      <button
        type="button"
        className={`${styles.hit} ${memoryStyles.hit}`}
        aria-current={isShown || undefined}
        onClick={onOpen}
      >
        <span className={styles.head}>
          <AgentName agent={agent} />
          <span>{kindWords[kind]}</span>
          <span>{instrument}</span>
          {regime !== null && <span>{regimeTitles[regime]}</span>}
          <span className={styles.time}>
            <Moment at={at} as="moment" />
          </span>
        </span>
        <Excerpt parts={excerpt} />
      </button>
    </li>
  )
}
