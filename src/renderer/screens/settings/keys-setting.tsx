import { Button, PasswordInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useDesk } from '#renderer/client.ts'
import { ErrorState, LoadingRows } from '#renderer/ui/states.tsx'
import { StatusDot } from '#renderer/ui/status-dot.tsx'
import type { Keys } from '#shared/contract/settings.ts'
import { Setting } from './setting.tsx'
import styles from './settings.module.css'

type Key = Keys['keys'][number]

const placeWords: Readonly<Record<Key['place'], string>> = {
  environment: 'from the environment',
  kept: 'saved in the keyring',
  unreadable: 'saved by another user or computer: enter it again',
  missing: 'missing: data that needs it is unavailable',
}

/** The keys that the configuration asks for: where each comes from, and a place to enter it. A key is never shown. */
export function KeysSetting() {
  const { orpc } = useDesk()
  const query = useQuery(orpc.settings.keys.queryOptions())
  if (query.isError) {
    return (
      <ErrorState
        title="The keys could not be read"
        error={query.error}
        effect="The desk continues with the keys it has."
        onRetry={() => void query.refetch()}
      />
    )
  }
  if (query.data === undefined) return <LoadingRows rows={3} />
  const { keys, weakness } = query.data
  return (
    <>
      {weakness !== null && <p className={styles.about}>Keys cannot be saved here. {weakness}</p>}
      {keys.map((key) => (
        <Setting key={key.name} title={key.name} about={`For ${key.usedFor}.`}>
          <KeyField of={key} canKeep={weakness === null} />
        </Setting>
      ))}
    </>
  )
}

function KeyField({ of: { name, place }, canKeep }: { of: Key; canKeep: boolean }) {
  const { client, orpc } = useDesk()
  const cache = useQueryClient()
  const [key, setKey] = useState('')
  const onSuccess = (keys: Keys) => {
    setKey('')
    cache.setQueryData(orpc.settings.keys.queryKey(), keys)
  }
  const keep = useMutation({ mutationFn: (text: string) => client.settings.keepKey({ name, key: text }), onSuccess })
  const forget = useMutation({ mutationFn: () => client.settings.forgetKey({ name }), onSuccess })

  function submit(event: FormEvent): void {
    event.preventDefault()
    if (key.trim() !== '') keep.mutate(key)
  }

  const failure = keep.error ?? forget.error
  return (
    <form className={styles.control} onSubmit={submit}>
      <span>
        <StatusDot tone={place === 'environment' || place === 'kept' ? 'good' : 'warn'} /> {placeWords[place]}
      </span>
      {canKeep && place !== 'environment' && (
        <>
          <PasswordInput
            aria-label={`Key for ${name}`}
            placeholder={place === 'kept' ? 'New key' : 'Key'}
            w={220}
            autoComplete="off"
            maxLength={4_000}
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={keep.isPending} disabled={key.trim() === ''}>
            Save
          </Button>
        </>
      )}
      {(place === 'kept' || place === 'unreadable') && (
        <Button variant="subtle" loading={forget.isPending} onClick={() => forget.mutate()}>
          Forget
        </Button>
      )}
      {(keep.isSuccess || forget.isSuccess) && <span role="status">Takes effect after Parley restarts.</span>}
      {failure !== null && <ErrorState title="Not changed" error={failure} effect="The key is unchanged." />}
    </form>
  )
}
