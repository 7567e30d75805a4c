import { describe, expect, it } from 'vitest'
import { createAccess } from './access.ts'

const token = 'a-token-of-the-tests-and-of-nothing-else'
const access = createAccess(4_747, token)
const host = '127.0.0.1:4747'
const cookie = access.cookie.split(';', 1)[0] ?? ''

describe('who may talk to the desk over the network', () => {
  it('answers to its own address under both of its names', () => {
    expect(access.checkSource({ host })).toEqual({ pass: true })
    expect(access.checkSource({ host: 'localhost:4747', origin: 'http://localhost:4747' })).toEqual({ pass: true })
  })

  it.each(['evil.example', 'evil.example:4747', '127.0.0.1', '127.0.0.1:80', '127.0.0.1.evil.example:4747', undefined])(
    'refuses the Host %s: a name may have been rebound',
    (name) => {
      expect(access.checkSource(name === undefined ? {} : { host: name })).toMatchObject({ pass: false, status: 421 })
    },
  )

  it.each(['https://evil.example', 'http://127.0.0.1:8080', 'null', 'app://parley', ''])(
    'refuses the Origin "%s"',
    (origin) => expect(access.checkSource({ host, origin })).toMatchObject({ pass: false, status: 403 }),
  )

  it.each(['cross-site', 'same-site'])('refuses what a browser says is %s', (site) => {
    expect(access.checkSource({ host, 'sec-fetch-site': site })).toMatchObject({ pass: false, status: 403 })
  })

  it('passes the token as a bearer and nothing like it', () => {
    expect(access.checkCaller({ authorization: `Bearer ${token}` })).toEqual({ pass: true })
    for (const authorization of ['', 'Bearer', 'Bearer ', `Bearer ${token}x`, `Basic ${token}`, token])
      expect(access.checkCaller({ authorization })).toMatchObject({ pass: false, status: 401 })
  })

  it('passes the cookie that it hands out, also beside others', () => {
    expect(access.checkCaller({ cookie })).toEqual({ pass: true })
    expect(access.checkCaller({ cookie: `a=b; ${cookie}; c=d` })).toEqual({ pass: true })
    expect(access.checkCaller({ cookie: 'parley_4747=wrong' })).toMatchObject({ pass: false, status: 401 })
    expect(access.checkCaller({})).toMatchObject({ pass: false, status: 401 })
  })

  it('keeps the cookie from scripts and other sites, and the token out of it', () => {
    expect(access.cookie).toContain('HttpOnly')
    expect(access.cookie).toContain('SameSite=Strict')
    expect(access.cookie).not.toContain(token)
    expect(access.checkCaller({ authorization: `Bearer ${cookie.split('=')[1]}` })).toMatchObject({ pass: false })
  })

  it('takes no WebSocket on a cookie alone without an Origin', () => {
    expect(access.checkCaller({ cookie, upgrade: 'websocket' })).toMatchObject({ pass: false, status: 403 })
    expect(access.checkCaller({ cookie, upgrade: 'websocket', origin: `http://${host}` })).toEqual({ pass: true })
  })
})
