import { Group, Select, TextInput } from '@mantine/core'
import { executionTitles } from '#shared/domain/execution-words.ts'
import { executionWishes } from '#shared/domain/parent-order.ts'
import { areGoodMinutes, isGoodShare, isInParts, type TypedExecution } from './execution-view.ts'

interface ExecutionFieldsProps {
  typed: TypedExecution
  onChange: (typed: TypedExecution) => void
  /** True for an order that only reduces: it must not wait in the book. */
  reduces: boolean
}

/** How the order is to be carried out: by the executor's choice, at once, or in parts by one of the algorithms. */
export function ExecutionFields({ typed, onChange, reduces }: ExecutionFieldsProps) {
  const { algorithm, minutes, participation } = typed
  const wishes = executionWishes.filter((wish) => !(reduces && wish === 'iceberg'))
  return (
    <>
      <Select
        label="How it goes out"
        description="Automatic: at once where it is small against the book, else in parts. The approval binds it."
        value={algorithm}
        onChange={(value) => onChange({ ...typed, algorithm: wishes.find((wish) => wish === value) ?? 'auto' })}
        data={wishes.map((value) => ({ value, label: executionTitles[value] }))}
        allowDeselect={false}
      />
      {isInParts(typed) && (
        <Group grow align="start">
          <TextInput
            label="Over how many minutes"
            description="While the approval lasts."
            value={minutes}
            onChange={(event) => onChange({ ...typed, minutes: event.currentTarget.value.trim() })}
            error={areGoodMinutes(minutes) ? undefined : '0.1 to 600, or nothing'}
            inputMode="decimal"
          />
          <TextInput
            label="At most % of the volume"
            description="Empty: as planned."
            value={participation}
            onChange={(event) => onChange({ ...typed, participation: event.currentTarget.value.trim() })}
            error={isGoodShare(participation) ? undefined : 'Above 0 and up to 90, or nothing'}
            inputMode="decimal"
          />
        </Group>
      )}
    </>
  )
}
