import { useConnection } from '#renderer/client.ts'
import { Moment } from '#renderer/ui/figures.tsx'
import { IconAlert } from '#renderer/ui/icons.ts'
import styles from './lost-banner.module.css'
import { stopKeys } from './stop.ts'

/** Covers the screen while the engine does not answer, and says how to stop without it (KS-18). */
export function LostBanner() {
  const { phase, since, generation } = useConnection()
  if (phase !== 'lost') return null
  return (
    <div className={styles.cover}>
      <section className={styles.banner} role="alert" aria-labelledby="lost-title">
        <h2 id="lost-title" className={styles.title}>
          <IconAlert size={20} aria-hidden /> The engine is not responding
        </h2>
        <p>
          {generation === 0 ? 'Not reached since ' : 'No answer since '}
          <Moment at={since - 2_000} />. Everything below is out of date. The desk may still be trading.
        </p>
        <h3>To stop it now</h3>
        <ul>
          <li>
            Run <code>parley stop</code> in a terminal. It works without this page. If the engine hangs, it takes effect
            before any order once the engine runs again.
          </li>
          <li>Or press STOP ({stopKeys(navigator.platform)}) here: it is sent as soon as the engine answers.</li>
          <li>Working orders stay at the broker until they are cancelled there.</li>
        </ul>
        <p className={styles.dim}>Reconnecting…</p>
      </section>
    </div>
  )
}
