import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** What a request may do: pass, or the status and words of the refusal. */
export type AccessVerdict =
  | { readonly pass: true }
  | { readonly pass: false; readonly status: number; readonly message: string }

const pass: AccessVerdict = { pass: true }

function refuse(status: number, message: string): AccessVerdict {
  return { pass: false, status, message }
}

/** Who may talk to the desk over the network, on one port of this machine. */
export interface Access {
  /**
   * Refuses what a foreign web page can send. A Host other than this machine's name for itself means that a name was
   * rebound to 127.0.0.1; an Origin other than our own means that another page asks.
   */
  checkSource(headers: IncomingHttpHeaders): AccessVerdict
  /** Passes a bearer token, or the cookie of a browser that has shown the token. */
  checkCaller(headers: IncomingHttpHeaders): AccessVerdict
  isToken(candidate: string): boolean
  /** The Set-Cookie header for a browser that has shown the token. */
  readonly cookie: string
}

export function createAccess(port: number, token: string): Access {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const origins = hosts.map((host) => `http://${host}`)
  // Cookies are shared between the ports of a host: the name keeps two desks apart, and the value is not the token.
  const cookieName = `parley_${port}`
  const cookieValue = createHash('sha256').update(`cookie ${token}`).digest('base64url')
  const isToken = (candidate: string) => same(candidate, token)
  return {
    isToken,
    cookie: `${cookieName}=${cookieValue}; HttpOnly; SameSite=Strict; Path=/`,
    checkSource({ host, origin, 'sec-fetch-site': site }) {
      if (host === undefined || !hosts.includes(host)) return refuse(421, 'This desk answers only to its own address.')
      if (origin !== undefined && !origins.includes(origin)) return refuse(403, 'Another page may not ask this desk.')
      if (site === 'cross-site' || site === 'same-site') return refuse(403, 'Another page may not ask this desk.')
      return pass
    },
    checkCaller({ authorization, cookie, origin, upgrade }) {
      if (authorization !== undefined) {
        const bearer = /^Bearer (\S+)$/i.exec(authorization)?.[1]
        return bearer !== undefined && isToken(bearer) ? pass : refuse(401, 'The token is not the one of this desk.')
      }
      const shown = cookies(cookie).get(cookieName)
      if (shown === undefined || !same(shown, cookieValue))
        return refuse(401, 'Open the address with the token that the desk printed when it started.')
      // A WebSocket is not held to SameSite in every browser: with a cookie it must say where it comes from.
      if (upgrade !== undefined && origin === undefined) return refuse(403, 'A browser must say which page asks.')
      return pass
    },
  }
}

function same(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}

function cookies(header: string | undefined): Map<string, string> {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim().split('=', 2))
  return new Map(pairs.map(([name = '', value = '']) => [name, value]))
}
