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
        label="Execution"
        description="Automatic: at once if it is small against the book, otherwise in parts. Your approval fixes it."
        value={algorithm}
        onChange={(value) => onChange({ ...typed, algorithm: wishes.find((wish) => wish === value) ?? 'auto' })}
        data={wishes.map((value) => ({ value, label: executionTitles[value] }))}
        allowDeselect={false}
      />
      {isInParts(typed) && (
        <Group grow align="start">
          <TextInput
            label="Minutes"
            description="Within the life of the approval."
            value={minutes}
            onChange={(event) => onChange({ ...typed, minutes: event.currentTarget.value.trim() })}
            error={areGoodMinutes(minutes) ? undefined : '0.1 to 600, or empty'}
            inputMode="decimal"
          />
          <TextInput
            label="Maximum % of volume"
            description="Empty: as planned."
            value={participation}
            onChange={(event) => onChange({ ...typed, participation: event.currentTarget.value.trim() })}
            error={isGoodShare(participation) ? undefined : 'Above 0 and up to 90, or empty'}
            inputMode="decimal"
          />
        </Group>
      )}
    </>
  )
}
