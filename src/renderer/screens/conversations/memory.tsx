import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type ReactNode, useDeferredValue } from 'react'
import { useDesk } from '#renderer/client.ts'
import { Screen } from '#renderer/ui/panel.tsx'
import { EmptyState, ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { ChoiceFilter, InstrumentFilter, SpeakerFilter, WordsFilter } from './filters.tsx'
import { Hit, HitList } from './hit-list.tsx'
import memoryStyles from './memory.module.css'
import { isFiltered, kindChoices, kindWords, regimeChoices, regimeTitles, tierChoices } from './memory-view.ts'
import { RememberedRunDetail } from './remembered-run.tsx'

const pageSize = 50

/** What the desk knew, decided and learned, searched by words and by what it was about; beside it the run of what was found. */
export function Memory({ views }: { views: ReactNode }) {
  const { orpc } = useDesk()
  const all = useSearch({ from: '/conversations' })
  const { text, agent, instrument, regime, what, tier, run } = all
  const navigate = useNavigate({ from: '/conversations' })
  const search = { text, agent, instrument, regime, kind: what, tier }
  const wanted = useDeferredValue(search)
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
        <WordsFilter label="Search memory" width={200} value={text} onChange={(text) => change({ text })} />
        <InstrumentFilter width={156} value={instrument} onChange={(instrument) => change({ instrument })} />
        <ChoiceFilter
          label="Market regime"
          all="All regimes"
          width={124}
          value={regime}
          onChange={(value) => change({ regime: regimeChoices.find((each) => each.value === value)?.value })}
          choices={regimeChoices}
        />
        <SpeakerFilter label="Agent" width={140} value={agent} onChange={(agent) => change({ agent })} />
        <ChoiceFilter
          label="Known, decided or learned"
          all="Everything"
          width={112}
          value={what}
          onChange={(value) => change({ what: kindChoices.find((each) => each.value === value)?.value })}
          choices={kindChoices}
        />
        <ChoiceFilter
          label="Age"
          all="All runs"
          width={124}
          value={tier}
          onChange={(value) => change({ tier: tierChoices.find((each) => each.value === value)?.value })}
          choices={tierChoices}
        />
      </div>
      {hits.isError ? (
        <ErrorState
          title="Memory could not be searched"
          error={hits.error}
          effect="Nothing is lost: memory is rebuilt from the journal."
          onRetry={() => void hits.refetch()}
        />
      ) : hits.data === undefined ? (
        <LoadingRows rows={12} />
      ) : found.length === 0 ? (
        <EmptyState title={isFiltered(search) ? 'No matching memories' : 'No memories yet'}>
          {isFiltered(search)
            ? 'All words must match. Remove one, or a filter. For older runs only decisions and lessons are searched.'
            : 'After each decision, what the desk knew, decided and learned appears here and is recalled in similar situations.'}
        </EmptyState>
      ) : (
        <div className={memoryStyles.columns}>
          <HitList pages={hits}>
            {found.map(({ seq, agent, kind, instrument, regime, at, excerpt, runId }) => (
              <Hit
                key={seq}
                agent={agent}
                about={[kindWords[kind], instrument, regime === null ? null : regimeTitles[regime]]}
                at={at}
                excerpt={excerpt}
                isShown={runId === shown}
                onOpen={() => change({ run: runId })}
                className={memoryStyles.hit}
              />
            ))}
          </HitList>
          {shown !== undefined && <RememberedRunDetail key={shown} runId={shown} />}
        </div>
      )}
    </Screen>
  )
}
