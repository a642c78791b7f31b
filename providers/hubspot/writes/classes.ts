import { defineWrite, type Answer } from '#kit'
import { AssociationType } from '#models/crm/association-type'
import { CustomObject } from '#models/crm/custom-object'
import { customId } from '../custom-objects.ts'
import { create, created } from './objects.ts'

/** Only its address says of which class a record is. */
const inAddress = ({ body }: Answer): string | null => {
  const { url } = typeof body === 'object' && body !== null ? body as { url?: unknown } : {}
  const [, objectTypeId, record] = /\/record\/(2-\d+)\/(\d+)(?:[/?#]|$)/.exec(typeof url === 'string' ? url : '') ?? []
  return objectTypeId === undefined ? null : customId(objectTypeId, record ?? null)
}

export const classWrites = [
  defineWrite(CustomObject)({
    ...created, docs: 'https://developers.hubspot.com/docs/api-reference/crm-custom-objects-v3/guide', accepts: ['object_class', 'fields'], requires: ['object_class', 'fields'],
    ask: ({ object_class: objectTypeId, fields }, context) => create(encodeURIComponent(objectTypeId ?? ''), fields ?? {}, {}, context), remoteId: inAddress,
  }),
  // Between a class of the customer's own and one other; of common models only those that are such classes can be named.
  defineWrite(AssociationType)({
    ...created, docs: 'https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/schemas/guide', accepts: ['source_object_class', 'target_object_classes', 'remote_key_name'], requires: ['source_object_class', 'target_object_classes', 'remote_key_name'], most: { target_object_classes: 1 },
    ask: ({ source_object_class: from, target_object_classes: to, remote_key_name: name }) => ({ method: 'POST', path: `/crm-object-schemas/v3/schemas/${encodeURIComponent(from?.id ?? '')}/associations`, body: { fromObjectTypeId: from?.id ?? '', toObjectTypeId: to?.[0]?.id ?? '', name } }),
  }),
]
