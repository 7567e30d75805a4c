import styles from './chart-credit.module.css'

/** Credits the maker of the chart with the visible link that its NOTICE asks for, where the library's own logo is off. */
export function ChartCredit() {
  return (
    <a className={styles.credit} href="https://www.tradingview.com" target="_blank" rel="noreferrer">
      Charts by TradingView
    </a>
  )
}
