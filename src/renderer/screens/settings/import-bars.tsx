import { Button, FileButton, Progress } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { formatNumber, formatPercent } from '#renderer/ui/format.ts'
import { IconUpload } from '#renderer/ui/icons.ts'
import { ErrorState } from '#renderer/ui/states.tsx'
import { useSettings } from '#renderer/ui/status.ts'
import { StatusDot } from '#renderer/ui/status-dot.tsx'
import { formatDate } from '#renderer/ui/time.ts'
import { findEncoding } from '#shared/lib/text-encoding.ts'
import { Setting } from './setting.tsx'
import styles from './settings.module.css'

/** Takes a CSV file of bars; says how far it is and what was imported, or every line that was wrong. */
export function ImportBars() {
  const { client } = useDesk()
  const { timeZone } = useSettings()
  const cancelled = useRef<AbortController>(null)
  const importing = useMutation({
    mutationFn: async (file: File) => {
      cancelled.current = new AbortController()
      const { signal } = cancelled.current
      return client.market.import({ file: file.name, text: await readText(file) }, { signal })
    },
  })
  const report = importing.data
  const wasCancelled = importing.isError && cancelled.current?.signal.aborted === true
  return (
    <Setting
      title="Import bars"
      about="A CSV file with time, open, high, low, close and volume; all of the file is imported, or none of it."
    >
      <FileButton
        onChange={(file) => file !== null && importing.mutate(file)}
        accept=".csv,.tsv,.txt,text/csv,text/plain"
      >
        {(props) => (
          <Button {...props} loading={importing.isPending} leftSection={<IconUpload size={14} aria-hidden />}>
            Choose a CSV file
          </Button>
        )}
      </FileButton>
      {importing.isPending && (
        <UnderWay
          file={importing.variables.name}
          onCancel={() => cancelled.current?.abort('cancelled by the trader')}
        />
      )}
      {wasCancelled && (
        <p className={styles.report} role="status">
          Cancelled. Nothing was imported; existing bars are unchanged.
        </p>
      )}
      {report !== undefined && (
        <div className={styles.report} role="status">
          <StatusDot tone="good" /> {report.file}: {formatNumber(report.bars, { places: 0 })} bars of{' '}
          {report.instrument} {report.timeframe}, {formatDate(report.from, timeZone)} to{' '}
          {formatDate(report.to, timeZone)}
          {report.replaced > 0 && `; ${formatNumber(report.replaced, { places: 0 })} replaced`}
          {report.notes.length > 0 && (
            <ul aria-label="What was assumed">
              {report.notes.map((note) => (
                <li key={note}>{note}</li>
              ))}
            </ul>
          )}
        </div>
      )}
      {importing.isError && !wasCancelled && (
        <div className={styles.report}>
          <ErrorState title="Nothing was imported" error={importing.error} effect="Existing bars are unchanged." />
        </div>
      )}
    </Setting>
  )
}

/** The text of a file in UTF-8, UTF-16 or windows-1252. */
async function readText(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  return new TextDecoder(findEncoding(bytes)).decode(bytes)
}

/** How far an import is, and the way out of it. */
function UnderWay({ file, onCancel }: { file: string; onCancel: () => void }) {
  const share = useShare(file)
  return (
    <div className={styles.underWay}>
      <Progress value={100 * share} aria-label={`Import of ${file}`} className={styles.progress} />
      <span className="mono">{formatPercent(share, 0, false)}</span>
      <Button size="compact-sm" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  )
}

/** The share of the file that has been imported, from 0 to 1. */
function useShare(file: string): number {
  const { client } = useDesk()
  const [share, setShare] = useState(0)
  useEffect(() => {
    const stopped = new AbortController()
    async function follow(): Promise<void> {
      for await (const imports of await client.market.importing(undefined, { signal: stopped.signal })) {
        const mine = imports.find((one) => one.file === file)
        if (mine !== undefined) setShare(mine.share)
      }
    }
    // Without it the import goes on all the same; its end is told by its own call.
    follow().catch(() => undefined)
    return () => stopped.abort()
  }, [client, file])
  return share
}
