/** How lists are narrowed, and how one is found below another record. */
import type { ModelId } from './model.ts'

/**
 * How one query parameter narrows a list. `field` names a field of the model, or `field.key` inside its nested objects;
 * the store keeps a typed column for it, or rows of values where it holds many. `folded` compares without regard to case.
 */
export type Filter =
  /** The field equals the value. */
  | { readonly kind: 'equals'; readonly field: string; readonly folded?: boolean; readonly doc: string }
  /** The field is any of the comma-separated values. */
  | { readonly kind: 'in'; readonly field: string; readonly doc: string }
  /** The instant in the field is after (exclusive) the value. */
  | { readonly kind: 'after'; readonly field: string; readonly doc: string }
  /** The instant in the field is before (exclusive) the value. */
  | { readonly kind: 'before'; readonly field: string; readonly doc: string }
  /** The list in the field holds any of the comma-separated values. */
  | { readonly kind: 'has'; readonly field: string; readonly folded?: boolean; readonly doc: string }
  /** A record of another model that points here by `back` has the value in its `field`. */
  | { readonly kind: 'through'; readonly model: ModelId; readonly back: string; readonly field: string; readonly folded?: boolean; readonly doc: string }

export const equals = (field: string, doc: string): Filter => ({ kind: 'equals', field, doc })
export const equalsFolded = (field: string, doc: string): Filter => ({ kind: 'equals', field, folded: true, doc })
export const isIn = (field: string, doc: string): Filter => ({ kind: 'in', field, doc })
export const after = (field: string, doc: string): Filter => ({ kind: 'after', field, doc })
export const before = (field: string, doc: string): Filter => ({ kind: 'before', field, doc })
export const has = (field: string, doc: string): Filter => ({ kind: 'has', field, doc })
export const hasFolded = (field: string, doc: string): Filter => ({ kind: 'has', field, folded: true, doc })
export const through = (model: ModelId, back: string, field: string, doc: string): Filter => ({ kind: 'through', model, back, field, doc })
export const throughFolded = (model: ModelId, back: string, field: string, doc: string): Filter => ({ kind: 'through', model, back, field, folded: true, doc })

/** A record above the listed ones, named by a parameter of the path. */
export interface Parent {
  readonly parameter: string
  readonly model: ModelId
  /** The field of the listed model that holds the parent's id, or holds it among others. Null: only the next parent has it, at its own `field`. */
  readonly field: string | null
}
export const parent = (parameter: string, model: ModelId, field: string | null): Parent => ({ parameter, model, field })
