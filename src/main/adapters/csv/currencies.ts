/** The codes of currencies that prices are often quoted in, and that pairs are made of. */
export const currencies = (
  'USD EUR GBP JPY CHF AUD CAD NZD TRY BRL KRW CNY CNH INR HKD SGD SEK NOK DKK PLN CZK HUF ZAR MXN RUB ILS THB IDR ' +
  'MYR PHP TWD AED SAR VND UAH NGN ARS CLP COP XAU XAG'
).split(' ')

/** The codes of crypto assets that others are quoted in, the longer before those that they end with. */
export const quoteCoins = 'FDUSD PYUSD USDT USDC USDD USDP BUSD GUSD TUSD DAI BTC ETH BNB'.split(' ')
