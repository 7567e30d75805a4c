export const ownScheme = 'app'
export const ownOrigin = 'app://parley'
export const ownAddress = `${ownOrigin}/`

/** True for addresses of the app's own page. */
export function isOwnAddress(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && url.protocol === `${ownScheme}:` && url.host === 'parley' && url.username === ''
}

/** True for the addresses that may be opened in the browser: documents that the page itself links to, over https. */
export function mayOpenOutside(address: string): boolean {
  const url = URL.parse(address)
  return url !== null && url.protocol === 'https:' && url.username === '' && url.password === ''
}
