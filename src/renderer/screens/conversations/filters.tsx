import { Select, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { speakers } from './speakers.ts'

interface FilterProps {
  label: string
  width: number
  value: string | undefined
  onChange: (value: string | undefined) => void
}

/** The words to look for. */
export function WordsFilter({ label, width, value, onChange }: FilterProps) {
  return (
    <TextInput
      aria-label={label}
      placeholder="Words, &quot;a phrase&quot;, -without"
      w={width}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  )
}

interface ChoiceProps extends FilterProps {
  /** What the field says while nothing is chosen. */
  all: string
  choices: readonly (string | { readonly value: string; readonly label: string })[]
}

/** One of a few things, or all of them. */
export function ChoiceFilter({ label, width, value, onChange, all, choices }: ChoiceProps) {
  return (
    <Select
      aria-label={label}
      placeholder={all}
      w={width}
      clearable
      value={value ?? null}
      onChange={(next) => onChange(next ?? undefined)}
      data={[...choices]}
    />
  )
}

/** One of those who speak on the desk. */
export function SpeakerFilter(props: FilterProps) {
  return <ChoiceFilter {...props} all="Everyone" choices={speakers} />
}

/** One of the instruments that are traded. */
export function InstrumentFilter(props: Omit<FilterProps, 'label'>) {
  const { orpc } = useDesk()
  const instruments = useQuery(orpc.market.instruments.queryOptions()).data ?? []
  return <ChoiceFilter {...props} label="Instrument" all="All instruments" choices={instruments.map(({ id }) => id)} />
}
