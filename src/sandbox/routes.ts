import type { AnySandboxVendor, SandboxRoute } from '#kit'

export interface Match { readonly route: SandboxRoute<unknown>; readonly params: Readonly<Record<string, string>> }

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** `/issues/:id.json` as an expression with a named group. */
const expression = (path: string): RegExp =>
  new RegExp(`^${path.split(/(:\w+)/).map((part) => (part.startsWith(':') ? `(?<${part.slice(1)}>[^/]+?)` : escape(part))).join('')}$`)

/** Finds the route of a request: the first that matches, as the vendor lists them. */
export function router(vendor: AnySandboxVendor): (method: string, path: string) => Match | null {
  const routes = vendor.routes.map((route: SandboxRoute<unknown>) => ({ route, pattern: expression(route.path) }))
  return (method, path) => {
    for (const { route, pattern } of routes) {
      const found = route.method === method ? pattern.exec(path) : null
      if (found !== null) return { route, params: Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)])) }
    }
    return null
  }
}
