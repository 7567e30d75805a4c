import type { Lexicon } from './vader.ts'

function entries(valence: number, text: string): [string, number][] {
  return text.split(/\s+/).map((word) => [word, valence])
}

/**
 * Words of market news, valued by us from -4 to 4 by what they mean for the price of what the text is about; it goes
 * on top of a general lexicon, whose "gross", "bull" or "liability" it corrects.
 */
export const financeLexicon: Lexicon = new Map([
  ...entries(3.2, 'skyrockets skyrocketed skyrocketing skyrocket blowout moon mooning parabolic'),
  ...entries(
    2.8,
    `surge surges surged surging soar soars soared soaring breakthrough stellar windfall blockbuster outperform outperforms
    outperformed outperforming ath`,
  ),
  ...entries(
    2.3,
    `beat beats topped tops exceeds exceeded jump jumps jumped jumping rally rallies rallied rallying upgrade upgrades upgraded
    approval approved approves approve bullish record-high landmark rebound rebounds rebounded accretive buyback buybacks`,
  ),
  ...entries(
    1.7,
    `gain gains gained climb climbs climbed climbing rise rises rose risen rising raises raised hikes-dividend dividend profit profits
    profitable growth grows grew expands expanded expansion adoption partnership partners acquires recovery recovers
    recovered strong stronger strength upside breakout accumulate accumulating accumulation inflow inflows oversubscribed
    demand undervalued long hodl listing listed integrates launches uptrend upbeat overweight reiterates-buy halving`,
  ),
  ...entries(
    1,
    'stable stabilises stabilizes resilient steady eases easing stimulus liquidity support supported higher buy buying',
  ),
  ...entries(
    0,
    'gross bull share shares short-term interest crude bond bonds trust security securities play vice natural capital debt cancer',
  ),
  ...entries(
    -1,
    'lower caution cautious weak weaker softens softening delay delays delayed uncertainty resistance overbought sell',
  ),
  ...entries(
    -1.7,
    `fall falls fell fallen falling drop drops dropped dropping decline declines declined declining slips slipped slides slid
    sliding dips dipped dip cut cuts loss losses lose loses lost miss misses missed shortfall outflow outflows overvalued
    headwind headwinds layoff layoffs underweight underperform underperforms underperformed bearish short shorts selling liability
    inflation tariff tariffs dilution dilutive downtrend volatile volatility investigates warns warning warned concerns disappointing`,
  ),
  ...entries(
    -2.3,
    `downgrade downgrades downgraded tumble tumbles tumbled tumbling sink sinks sank lawsuit lawsuits sues sued probe probes
    subpoena subpoenaed investigation charged charges fined fine penalty recall recalls recalled outage halt halted halts delist
    delisted delisting sell-off selloff slump slumps slumped rejected rejects rejection denies denied sanction sanctions
    sanctioned recession writedown writedowns impairment default defaults defaulted breach breached exposes vulnerability ban
    bans banned banning depeg depegs depegged dumping dumped dump unprofitable resigns ousted`,
  ),
  ...entries(
    -2.8,
    `plunge plunges plunged plunging plummet plummets plummeted plummeting crash crashes crashed crashing hack hacks hacked hackers
    exploit exploited exploits drained stolen theft liquidated liquidation liquidations capitulation insolvent insolvency meltdown
    collapse collapses collapsed collapsing indicted indictment contagion`,
  ),
  ...entries(
    -3.3,
    'fraud fraudulent bankrupt bankruptcy ponzi rugpull rug-pull scam scams embezzlement delinquent wipeout',
  ),
])

/** A general lexicon with another laid over it. */
export function overlayLexicon(general: Lexicon, over: Lexicon): Lexicon {
  return new Map([...general, ...over])
}
