import { Button, FileButton } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useDesk } from '#renderer/client.ts'
import { formatNumber } from '#renderer/ui/format.ts'
import { IconUpload } from '#renderer/ui/icons.ts'
import { ErrorState } from '#renderer/ui/states.tsx'
import { useSettings } from '#renderer/ui/status.ts'
import { StatusDot } from '#renderer/ui/status-dot.tsx'
import { formatDate } from '#renderer/ui/time.ts'
import { Setting } from './setting.tsx'
import styles from './settings.module.css'

/** Takes a CSV file of bars; says what was imported, or every line that was wrong. */
export function ImportBars() {
  const { client } = useDesk()
  const { timeZone } = useSettings()
  const importing = useMutation({
    mutationFn: async (file: File) => client.market.import({ file: file.name, text: await file.text() }),
  })
  const report = importing.data
  return (
    <Setting
      title="Import bars"
      about="A CSV file with time, open, high, low, close and volume; the whole file is taken, or none of it."
    >
      <FileButton onChange={(file) => file !== null && importing.mutate(file)} accept=".csv,text/csv">
        {(props) => (
          <Button {...props} loading={importing.isPending} leftSection={<IconUpload size={14} aria-hidden />}>
            Choose a CSV file
          </Button>
        )}
      </FileButton>
      {report !== undefined && (
        <p className={styles.report} role="status">
          <StatusDot tone="good" /> {report.file}: {formatNumber(report.bars, { places: 0 })} bars of{' '}
          {report.instrument} {report.timeframe}, {formatDate(report.from, timeZone)} to{' '}
          {formatDate(report.to, timeZone)}
          {report.replaced > 0 && `; ${formatNumber(report.replaced, { places: 0 })} replaced`}
        </p>
      )}
      {importing.isError && (
        <div className={styles.report}>
          <ErrorState
            title="Nothing was imported"
            error={importing.error}
            effect="The bars that were there are unchanged."
          />
        </div>
      )}
    </Setting>
  )
}
