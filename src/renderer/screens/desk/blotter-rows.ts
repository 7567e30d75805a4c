import type { Instrument } from '#shared/domain/instrument.ts'

export interface RowsProps<Row> {
  rows: readonly Row[]
  instruments: readonly Instrument[]
}
