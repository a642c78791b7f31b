import { id, str, type Resource } from '#kit'
import { CustomObject } from '#models/crm/custom-object'
import type { RecordOf } from '#models'
import { customId } from '../custom-objects.ts'
import { objectRead } from '../objects.ts'
import { fieldClass } from '../properties.ts'
import { schemas } from '../schemas.ts'
import { remoteFields, type Batch, type Found, type Own, type Page, type Row, type Schema } from '../vendor.ts'

const ownOf = (schema: Schema | undefined) => (schema?.properties ?? []).filter(({ hubspotDefined }) => hubspotDefined !== true)

/** https://developers.hubspot.com/docs/api-reference/crm-custom-objects-v3/guide */
export const customObject: Resource<RecordOf<typeof CustomObject>, Row, Page, Found, Batch, { schemas: Schema }> = {
  model: CustomObject,
  version: 1,
  read: objectRead<string, object, { schemas: Schema }>({
    path: '/crm/v3/objects', objects: ({ lookups }) => [...lookups.schemas.keys()].toSorted(), lookups: { schemas },
    columns: ({ lookups, segment }) => ownOf(lookups.schemas.get(String(segment['object']))).map(({ name }) => name),
    also: (row, { schemas: known }) => [{ own: ownOf(known.get(row.object)).map((property): Own => ({ key: property.name, name: property.label, type: fieldClass(property).type })) }],
    remoteId: (item, { segment }) => customId(String(segment['object']), id(item.id)),
  }),
  identity: { remoteId: (row) => customId(row.object, id(row.id)) },
  fields: {
    object_class: (row) => str(row.object),
    fields: (row) => Object.fromEntries(remoteFields(row).map(({ key, value }) => [key, value ?? null])),
  },
}
