/** The vendor in a box: what a provider says so that `src/sandbox/` can serve its wire format over real HTTP. */

export type SandboxRow = Record<string, unknown> & { id: number | string }
/** The vendor's data: tables of rows in the vendor's own shape, in the order of their ids. */
export type World = Map<string, SandboxRow[]>

export interface SandboxRequest {
  readonly method: string
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: Headers
  readonly body: unknown
  /** The origin that the sandbox listens on, for links in answers. */
  readonly origin: string
}

export interface SandboxAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON; a string as it is; null sends no body. */
  readonly body: unknown
}

export interface SandboxRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/issues/:id.json`; a parameter matches one segment. */
  readonly path: string
  readonly answer: (request: SandboxRequest, world: World) => SandboxAnswer
}

export interface SandboxVendor {
  /** Setup and credentials that the sandbox accepts, given its origin. */
  readonly link: (origin: string) => { readonly setup: Readonly<Record<string, string>>; readonly credentials: Readonly<Record<string, string>> }
  /** The same size gives the same world, always. `size` counts the vendor's main records. */
  readonly grow: (size: number) => World
  readonly routes: readonly SandboxRoute[]
}
