import { id } from '#kit'
import { idOf, type ModelId } from '#models'

/** An object of a class is numbered in that class only. */
export const customId = (objectTypeId: string, record: string | null): string | null => (record === null ? null : `${objectTypeId}-${record}`)
export const isCustom = (objectTypeId: unknown): boolean => typeof objectTypeId === 'string' && /^2-\d+$/.test(objectTypeId)

/** https://developers.hubspot.com/docs/api-reference/latest/crm/understanding-the-crm#object-type-ids */
const modelOfType: Readonly<Record<string, ModelId>> = { '0-1': 'crm.Contact', '0-2': 'crm.Account', '0-3': 'crm.Opportunity', '0-27': 'crm.Task', '0-46': 'crm.Note', '0-136': 'crm.Lead', '0-47': 'crm.Engagement', '0-48': 'crm.Engagement', '0-49': 'crm.Engagement' }
const activityTypes: Readonly<Record<string, string>> = { '0-47': 'meetings', '0-48': 'calls', '0-49': 'emails' }

export const originOf = (objectTypeId: string): 'CUSTOM_OBJECT' | 'COMMON_MODEL' | 'REMOTE_ONLY_MODEL' => (isCustom(objectTypeId) ? 'CUSTOM_OBJECT' : Object.hasOwn(modelOfType, objectTypeId) ? 'COMMON_MODEL' : 'REMOTE_ONLY_MODEL')

/** The record of ours that stands for a record of any object; null where no common model does. */
export const recordOf = (objectTypeId: string, record: unknown): { readonly model: ModelId; readonly remoteId: string } | null => {
  const remoteId = id(record)
  if (remoteId === null) return null
  if (isCustom(objectTypeId)) return { model: 'crm.CustomObject', remoteId: `${objectTypeId}-${remoteId}` }
  const model = Object.hasOwn(modelOfType, objectTypeId) ? modelOfType[objectTypeId]! : null
  return model === null ? null : { model, remoteId: Object.hasOwn(activityTypes, objectTypeId) ? `${activityTypes[objectTypeId]!}-${remoteId}` : remoteId }
}
export const targetOf = (objectTypeId: string, record: unknown): string | null => {
  const found = recordOf(objectTypeId, record)
  return found === null ? null : idOf(found.model, found.remoteId)
}
