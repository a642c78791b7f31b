import { id, str, type Resource } from '#kit'
import { Association } from '#models/crm/association'
import type { RecordOf } from '#models'
import { customId, originOf, targetOf } from '../custom-objects.ts'
import { batchAssociations, listPages, listRequest } from '../objects.ts'
import { schemas } from '../schemas.ts'
import type { Associated, Batch, Found, Page, Schema } from '../vendor.ts'

interface Row { readonly from: string; readonly fromId: string; readonly to: string; readonly toId: string; readonly typeId: number }

/** An association changes without changing what it joins, so changes cannot be asked for. https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide */
export const association: Resource<RecordOf<typeof Association>, Row, Page, Found, Batch, { schemas: Schema }> = {
  model: Association,
  version: 1,
  read: {
    path: '/crm/v4/associations',
    lookups: { schemas },
    segments: ({ lookups }) => [...lookups.schemas.values()].flatMap(({ objectTypeId: object, associations }) => [...new Set(associations.filter(({ fromObjectTypeId }) => fromObjectTypeId === object).map(({ toObjectTypeId }) => toObjectTypeId))].filter((to) => originOf(to) !== 'REMOTE_ONLY_MODEL').toSorted().map((to) => ({ object, to }))),
    query: { limit: 100, properties: 'hs_object_id' },
    request: listRequest,
    items: (page) => page.results,
    pages: listPages,
    rows: {
      kind: 'batch', size: 100,
      asks: (items, { segment: { object, to } }) => [batchAssociations(object, to, items.map((item) => item.id))],
      rows: ([found], _items, { segment }) => (found!.results as readonly Associated[]).flatMap((one) => one.to.flatMap(({ toObjectId, associationTypes }) => associationTypes.map(({ typeId }): Row => ({ from: String(segment['object']), fromId: one.from.id, to: String(segment['to']), toId: id(toObjectId) ?? '', typeId })))),
    },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => (str(row.toId) === null || str(row.fromId) === null ? null : `${row.from}-${row.fromId}:${row.to}-${row.toId}:${row.typeId}`) },
  fields: {
    source_object: (row) => customId(row.from, str(row.fromId)),
    target_object: (row) => targetOf(row.to, row.toId),
    association_type: (row) => id(row.typeId),
  },
}
