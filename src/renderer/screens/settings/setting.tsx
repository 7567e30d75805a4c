import { type ReactNode, useId } from 'react'
import styles from './settings.module.css'

/** One setting: what it is on the left, its control on the right. */
export function Setting({ title, about, children }: { title: string; about?: string; children: ReactNode }) {
  const id = useId()
  return (
    <div className={styles.setting} role="group" aria-labelledby={id}>
      <div>
        <h3 id={id}>{title}</h3>
        {about !== undefined && <p className={styles.about}>{about}</p>}
      </div>
      <div className={styles.control}>{children}</div>
    </div>
  )
}
