import { tokenDesk, type TokenDesk } from '#kit'
import type { Description, ObjectClass } from '../vendor.ts'

export type Fields = Record<string, unknown>
export type Stored = Fields & { Id: string }

/** One class of objects: what its describe says, and its records, also those in the recycle bin. */
export interface Table { readonly description: Description; readonly records: Stored[] }

export interface World {
  readonly tables: ReadonlyMap<string, Table>
  /** What the list of classes holds, in its order. */
  readonly classes: readonly ObjectClass[]
  readonly desk: TokenDesk
  /** Query locators: what is left of a list, and of which class. */
  readonly places: Map<string, { readonly left: readonly object[]; readonly size: number }>
}

export const makeWorld = (tables: readonly Table[], classes: readonly ObjectClass[]): World => ({ tables: new Map(tables.map((table) => [table.description.name, table])), classes, desk: tokenDesk(), places: new Map() })

/** `+0000`, never `Z`. */
export const stamp = (at: Date): string => at.toISOString().replace('Z', '+0000')
const PREFIXES: Readonly<Record<string, string>> = { Account: '001', Contact: '003', User: '005', Opportunity: '006', Lead: '00Q', Task: '00T', Event: '00U', Note: '002', ContentNote: '069', Project__c: 'a0B', Organization: '00D', OpportunityStage: '01J', ContentDocumentLink: '06A', Case: '500', CaseComment: '00a', EmailMessage: '02s', CaseFeed: '0D5', EmailMessageRelation: '0dX', ContentDocument: '069', ContentVersion: '068', Attachment: '00P', Group: '00G', GroupMember: '011', QueueSobject: '03g', CaseShare: '01n', PermissionSet: '0PS', Profile: '00e', ObjectPermissions: '110', Topic: '0TO', TopicAssignment: '0Jb' }
export const idFor = (object: string, n: number): string => `${PREFIXES[object] ?? 'a00'}5g${String(n).padStart(10, '0')}AAA`

export const living = (table: Table | undefined): Stored[] => (table?.records ?? []).filter((record) => record['IsDeleted'] !== true)

/** Changes a record as its users would. */
export function touch(record: Fields, changes: Fields, at: Date): void {
  Object.assign(record, changes, { SystemModstamp: stamp(at), ...('LastModifiedDate' in record && { LastModifiedDate: stamp(at) }) })
}
