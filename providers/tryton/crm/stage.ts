import { id, prose, type Resource } from '#kit'
import { Stage } from '#models/crm/stage'
import type { RecordOf } from '#models'
import { call, contextOf } from '../lists.ts'

interface Row { readonly id: string; readonly name: string }
type Choice = readonly [value: string, label: string]
interface Definitions { readonly result: { readonly state: { readonly selection: readonly Choice[] } } }

/** The states of an opportunity, which modules may add to. The first, "lead", is a model of its own. */
export const stage: Resource<RecordOf<typeof Stage>, Row, Definitions, Choice> = {
  model: Stage,
  version: 1,
  read: {
    path: '/sale.opportunity.state',
    request: (_, { setup }) => call('model.sale.opportunity.fields_get', [['state'], contextOf(setup)]),
    items: (page) => page.result.state.selection,
    pages: { kind: 'single' },
    rows: { kind: 'within', rows: ([value, name]) => (value === 'lead' ? [] : [{ id: value, name }]) },
    incremental: 'full_only',
    deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.id) },
  fields: { name: (row) => prose(row.name) },
}
