import { bool, id, present, str } from '#kit'
import { Role } from '#models/ticketing/role'
import type { RecordOf } from '#models'
import { linksOf, withLinks, type Linked } from '../links.ts'
import { ofPlainObjects, type PlainResource } from '../objects.ts'
import type { PermissionSet } from '../vendor.ts'

const list = ofPlainObjects<PermissionSet>({ PermissionSet: { read: ['ProfileId', 'Profile.Name', 'PermissionsViewAllData', 'PermissionsTransferAnyCase'], where: ['IsOwnedByProfile = true'] } })
const onCases = { VIEW: 'PermissionsRead', CREATE: 'PermissionsCreate', EDIT: 'PermissionsEdit', DELETE: 'PermissionsDelete' } as const

/** Profiles. Sets of permissions that a user has beside one are not told: https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_objectpermissions.htm */
export const role: PlainResource<RecordOf<typeof Role>, PermissionSet, Linked<PermissionSet>> = {
  model: Role,
  version: 1,
  read: {
    ...withLinks(list.read, [{ object: 'ObjectPermissions', by: 'ParentId', select: ['PermissionsViewAllRecords', ...Object.values(onCases)], where: ['SobjectType = \'Case\''], size: 100 }]),
    incremental: 'full_only', deletions: { seenAs: 'missing_from_full_read' },
  },
  identity: { remoteId: (row) => id(row.ProfileId) },
  fields: {
    name: (row) => str(row.Profile?.Name),
    ticket_actions: (row) => present([
      ...linksOf(row, 'ObjectPermissions').flatMap((cases) => Object.entries(onCases).map(([action, permission]) => (cases[permission] === true ? action : null))),
      row.PermissionsTransferAnyCase === true ? 'ASSIGN' : null,
    ]),
    // Who may not see all sees what is shared with them, and sharing is the org's own.
    ticket_access: (row) => (bool(row.PermissionsViewAllData) === true || linksOf(row, 'ObjectPermissions').some((cases) => cases['PermissionsViewAllRecords'] === true) ? 'ALL' : null),
  },
}
