import type { TablerIcon } from '@tabler/icons-react'
import { Link, Outlet } from '@tanstack/react-router'
import { useConnection } from '#renderer/client.ts'
import {
  IconAudience,
  IconConversations,
  IconDesk,
  IconExecutor,
  IconJournal,
  IconPlans,
  IconPortfolio,
  IconReview,
  IconRisk,
  IconRuns,
  IconSettings,
} from '#renderer/ui/icons.ts'
import { useStatus } from '#renderer/ui/status.ts'
import { StatusBar } from './bar.tsx'
import { Commands } from './commands.tsx'
import styles from './frame.module.css'
import { LostBanner } from './lost-banner.tsx'
import { places } from './places.ts'
import { RearmDialog } from './rearm-dialog.tsx'
import { ShellProvider } from './shell.tsx'
import { StopBand } from './stop-band.tsx'

const icons: Record<(typeof places)[number]['to'], TablerIcon> = {
  '/desk': IconDesk,
  '/plans': IconPlans,
  '/reviews': IconReview,
  '/runs': IconRuns,
  '/orders': IconExecutor,
  '/risk': IconRisk,
  '/portfolio': IconPortfolio,
  '/conversations': IconConversations,
  '/journal': IconJournal,
  '/agents': IconAudience,
  '/settings': IconSettings,
}

/** The frame of every screen: bar, band, navigation, and a border that tells paper from live. */
export function Frame() {
  const mode = useStatus((status) => status.mode)
  const reviews = useStatus((status) => status.reviews.waiting) ?? 0
  const lost = useConnection().phase === 'lost'
  return (
    <ShellProvider>
      <div className={styles.frame} data-mode={mode}>
        <StatusBar />
        <div inert={lost}>
          <StopBand />
        </div>
        <div className={styles.body} inert={lost}>
          <nav className={styles.nav} aria-label="Screens">
            {places.map(({ to, title }) => {
              const Icon = icons[to]
              return (
                <Link key={to} to={to} className={styles.place} title={title}>
                  <Icon size={18} stroke={1.6} aria-hidden />
                  <span>{title}</span>
                  {to === '/reviews' && reviews > 0 && <b className={styles.count}>{reviews}</b>}
                </Link>
              )
            })}
          </nav>
          <main className={styles.screen}>
            <Outlet />
          </main>
        </div>
        <RearmDialog />
        <Commands />
        <LostBanner />
      </div>
    </ShellProvider>
  )
}
