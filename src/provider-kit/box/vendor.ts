/** The vendor in a box: what a provider says so that `src/sandbox/` can serve its wire format over real HTTP. */
import type { ModelId } from '../../../common-models/model.ts'
import type { UpstreamCode } from '../../errors.ts'

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface SandboxRequest {
  readonly method: string
  readonly path: string
  /** The segments that the route's `:name`s matched. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: Headers
  /** Parsed JSON; null where there was none. */
  readonly body: unknown
  /** The origin that the sandbox listens on, for links in answers. */
  readonly origin: string
}

export interface SandboxAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** An object is sent as JSON; a string or bytes as they are; null sends no body. */
  readonly body: unknown
}

export interface SandboxRoute<World> {
  readonly method: HttpMethod
  /** `/issues/:id.json`; a parameter matches one segment, or what of it the rest leaves. */
  readonly path: string
  readonly answer: (request: SandboxRequest, world: World) => SandboxAnswer
}

/** Setup and credentials as the link form would send them. */
export interface SandboxLink {
  readonly setup: Readonly<Record<string, string>>
  readonly credentials: Readonly<Record<string, string>>
}

/** What the vendor says when something is wrong, as its documentation shows it, and what our adapter must take it for. */
export interface Trouble {
  readonly what: string
  readonly answer: SandboxAnswer
  readonly means: UpstreamCode
  /** Where the answer asks for silence: how long. */
  readonly waitSeconds?: number
  /** Where the vendor says how much is too much: what a strict box counts, and answers with this when it is exceeded. */
  readonly meter?: Meter
}

/** How a vendor counts, in its own terms and published numbers, which may be more than an adapter allows itself. */
export interface Meter {
  readonly docs: `https://${string}`
  readonly count: number
  /** Of any span of this length; `at_once`: those that have no answer yet. */
  readonly perSeconds: number | 'at_once'
  /** What a request counts; left out: 1. */
  readonly counts?: (request: Pick<SandboxRequest, 'method' | 'path' | 'body'>) => number
}

type Ids = Readonly<Partial<Record<ModelId, readonly string[]>>>

/** `World` is the vendor's data, in whatever form its routes like best. */
export interface SandboxVendor<World> {
  /** Setup and credentials that the sandbox accepts, given its origin. */
  readonly link: (origin: string) => SandboxLink
  /** The same size gives the same world, always. `size` counts the vendor's main records. */
  readonly grow: (size: number) => World
  /** How many records of each model that is read a complete read must find. */
  readonly counts: (world: World) => Readonly<Partial<Record<ModelId, number>>>
  /** Texts of the world that may never be stored, logged or served: other people's keys. */
  readonly secrets: (world: World) => readonly string[]
  /** Change some records as their users would at this moment; the remote ids that an incremental read must now report, by model. */
  readonly change: (world: World, at: Date) => Ids
  /** Take some records away as their users would at this moment; their remote ids by model. */
  readonly remove: (world: World, at: Date) => Ids
  /** The bytes of the file that a record stands for, by the record's remote id. Required where something can be downloaded. */
  readonly fileOf?: (remoteId: string) => Buffer
  /** End every session that was begun with credentials. Only where they are exchanged for one. */
  readonly endSessions?: (world: World) => void
  /** A refused key, a missing right and a rejected input are the least. */
  readonly troubles: readonly Trouble[]
  /** The first route that matches answers. */
  readonly routes: readonly SandboxRoute<World>[]
  /** What the vendor says where no route matches. */
  readonly otherwise: SandboxAnswer
}

// A registry holds vendors whose worlds differ; only their own routes look inside.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnySandboxVendor = SandboxVendor<any>
