import type { NetConnectOpts } from 'node:net'

/** Where the server of a database URL listens: a port, or a socket in a directory. */
export function addressOf(url: string): NetConnectOpts {
  const { hostname, port } = new URL(url)
  const host = decodeURIComponent(hostname)
  return host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port || 5432}` } : { host, port: Number(port || 5432) }
}

/** The same database, reached through a port of this machine. */
export function through(port: number, url: string): string {
  const { username, password, pathname } = new URL(url)
  return `postgres://${username}${password === '' ? '' : `:${password}`}@127.0.0.1:${port}${pathname}`
}
