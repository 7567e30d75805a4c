import { Fragment, type ReactNode } from 'react'
import styles from './data-table.module.css'

/** One column of a table; numbers stand on the right. */
export interface Column<Row> {
  readonly key: string
  readonly title: string
  readonly render: (row: Row) => ReactNode
  readonly numeric?: boolean
  /** Takes the width that is left and is cut with dots. */
  readonly wide?: boolean
}

interface DataTableProps<Row> {
  /** What the table holds, for screen readers. */
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string | number
  /** Makes rows into things to open. */
  onOpen?: (row: Row) => void
  /** Marks one row as chosen. */
  chosen?: string | number | null
  /** What stands under a row, as wide as the table; null for nothing. */
  below?: (row: Row) => ReactNode
}

/** A dense table: 28 px rows, a header that stays, numbers in tabular figures on the right. */
export function DataTable<Row>({ label, columns, rows, rowKey, onOpen, chosen, below }: DataTableProps<Row>) {
  return (
    <table className={styles.table} aria-label={label}>
      <thead>
        <tr>
          {columns.map(({ key, title, numeric, wide }) => (
            <th key={key} scope="col" className={cell(numeric, wide)}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const under = below?.(row) ?? null
          return (
            <Fragment key={rowKey(row)}>
              <tr
                className={onOpen === undefined ? undefined : styles.opens}
                aria-current={chosen === rowKey(row) || undefined}
                tabIndex={onOpen === undefined ? undefined : 0}
                onClick={onOpen && (() => onOpen(row))}
                onKeyDown={
                  onOpen &&
                  ((event) => {
                    if (event.key === 'Enter' && event.target === event.currentTarget) onOpen(row)
                  })
                }
              >
                {columns.map(({ key, render, numeric, wide }) => (
                  <td key={key} className={cell(numeric, wide)}>
                    {render(row)}
                  </td>
                ))}
              </tr>
              {under !== null && (
                <tr>
                  <td className={styles.below} colSpan={columns.length}>
                    {under}
                  </td>
                </tr>
              )}
            </Fragment>
          )
        })}
      </tbody>
    </table>
  )
}

function cell(numeric = false, wide = false): string | undefined {
  if (numeric) return styles.numeric
  return wide ? styles.wide : undefined
}
