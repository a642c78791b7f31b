/** The market's API as facts, where the folder with test material is there: every model, field, word, parameter and address. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Category } from '#models'

export interface SurfaceType {
  readonly type: 'string' | 'uuid' | 'datetime' | 'integer' | 'float' | 'boolean' | 'enum' | 'array' | 'object' | 'any'
  readonly items?: SurfaceType
  readonly format?: 'url' | 'email'
  readonly expandable?: boolean
  readonly target?: string
  readonly enum?: readonly string[]
  /** The name of a nested shape. */
  readonly model?: string
}
export interface SurfaceField extends SurfaceType {
  readonly name: string
  readonly required?: boolean
  readonly writable_post?: boolean
  readonly writable_patch?: boolean
}
export interface SurfaceModel {
  readonly operations: Readonly<Record<string, string>>
  readonly fields: readonly SurfaceField[]
  readonly expand_values: readonly string[]
  readonly show_enum_origins_values: readonly string[]
  readonly request_models: Readonly<Record<string, string>>
  readonly request_only_fields: Readonly<Record<string, readonly string[]>>
}
export interface SurfaceParameter { readonly name: string; readonly type: string; readonly allowed?: readonly string[] }
export interface SurfaceEndpoint {
  readonly method: string
  readonly path: string
  readonly group: string
  readonly operation: string
  readonly common_model?: string
  readonly query: readonly SurfaceParameter[]
}
export interface SurfaceCategory {
  readonly common_models: Readonly<Record<string, SurfaceModel>>
  readonly nested_models: Readonly<Record<string, { readonly fields: readonly SurfaceField[] }>>
  readonly all_schemas: Readonly<Record<string, { readonly fields?: readonly SurfaceField[] }>>
  readonly endpoints: readonly SurfaceEndpoint[]
}

const file = join(process.env['INTERMODAL_TEST_MATERIAL'] ?? '../shared', 'facts/merge-surface.json')
export const surface = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<Category, SurfaceCategory>>) : null
