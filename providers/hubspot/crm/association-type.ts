import { notOffered, prose, str, type Resource } from '#kit'
import { AssociationType } from '#models/crm/association-type'
import type { RecordOf } from '#models'
import { isCustom, originOf } from '../custom-objects.ts'
import { schemaList } from '../schemas.ts'
import type { Schema, SchemaPage } from '../vendor.ts'

type Row = Schema['associations'][number]

/** Only a class that the end customer made up can be named; the others are common models, or HubSpot's own. */
const side = (objectTypeId: string) => ({ id: isCustom(objectTypeId) ? objectTypeId : null, origin_type: originOf(objectTypeId) })

/** Each direction is a type of its own, and is told with the class that it goes from. */
export const associationType: Resource<RecordOf<typeof AssociationType>, Row, SchemaPage, Schema> = {
  model: AssociationType,
  version: 1,
  read: { ...schemaList, rows: { kind: 'within', rows: ({ objectTypeId, associations }) => associations.filter(({ fromObjectTypeId }) => fromObjectTypeId === objectTypeId) } },
  identity: { remoteId: (row) => str(row.id) },
  fields: {
    source_object_class: (row) => side(row.fromObjectTypeId),
    target_object_classes: (row) => [side(row.toObjectTypeId)],
    remote_key_name: (row) => str(row.name),
    display_name: (row) => prose(row.name?.replaceAll('_', ' ')),
    cardinality: notOffered,
    is_required: notOffered,
  },
}
