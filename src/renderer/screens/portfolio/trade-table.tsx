import { type Column, DataTable } from '#renderer/ui/data-table.tsx'
import { formatDecimal, formatNumber } from '#renderer/ui/format.ts'
import { PanelBody } from '#renderer/ui/panel.tsx'
import type { PortfolioReport } from '#shared/domain/portfolio-report.ts'

type Trade = PortfolioReport['trades'][number]

const money = (value: number) => formatNumber(value, { places: 2 })

/** The trades that lead to suggested weights; nothing of them is sent. */
export function TradeTable({ trades, currency }: { trades: readonly Trade[]; currency: string }) {
  const columns: Column<Trade>[] = [
    { key: 'side', title: 'Trade', render: ({ side }) => side },
    { key: 'instrument', title: 'Instrument', render: ({ instrument }) => instrument },
    {
      key: 'quantity',
      title: 'Quantity',
      numeric: true,
      render: ({ quantity }) => formatDecimal(quantity, { places: 6 }),
    },
    { key: 'worth', title: `Notional, ${currency}`, numeric: true, render: ({ worth }) => money(worth) },
    { key: 'cost', title: 'Estimated cost', numeric: true, render: ({ cost }) => money(cost) },
  ]
  return (
    <PanelBody label="Trades to get there, table">
      <DataTable label="Trades to get there" columns={columns} rows={trades} rowKey={({ instrument }) => instrument} />
    </PanelBody>
  )
}
