/** Operations that are routed, checked and documented, and answer 501 until the room that serves them is there. Nothing here pretends to have worked. */
import { Fault } from '../errors.ts'

export type Room = 'writes' | 'live reads' | 'async passthrough' | 'field mapping' | 'link sessions' | 'webhooks in'
export interface Awaiting {
  /** Method and path as in the OpenAPI document: `POST /api/ticketing/v1/tickets`. */
  readonly operation: string
  /** Which work will serve it. */
  readonly room: Room
}

const of = (room: Room, ...operations: readonly string[]): Awaiting[] => operations.map((operation) => ({ operation, room }))

/** The same under every category: `POST /link-token` is `POST /api/hris/v1/link-token` and two more. */
const perCategory = (room: Room, ...operations: readonly string[]): Awaiting[] =>
  ['hris', 'crm', 'ticketing'].flatMap((category) => of(room, ...operations.map((operation) => operation.replace(' /', ` /api/${category}/v1/`))))

export const awaiting: readonly Awaiting[] = [
  ...of('writes',
    'POST /api/hris/v1/employees',
    'POST /api/hris/v1/time-off',
    'POST /api/hris/v1/timesheet-entries',
    'POST /api/crm/v1/accounts',
    'PATCH /api/crm/v1/accounts/{id}',
    'POST /api/crm/v1/contacts',
    'PATCH /api/crm/v1/contacts/{id}',
    'POST /api/crm/v1/engagements',
    'PATCH /api/crm/v1/engagements/{id}',
    'POST /api/crm/v1/leads',
    'POST /api/crm/v1/notes',
    'POST /api/crm/v1/opportunities',
    'PATCH /api/crm/v1/opportunities/{id}',
    'POST /api/crm/v1/tasks',
    'PATCH /api/crm/v1/tasks/{id}',
    'POST /api/crm/v1/custom-object-classes/{custom_object_class_id}/custom-objects',
    'POST /api/crm/v1/custom-object-classes/{custom_object_class_id}/association-types',
    'PUT /api/crm/v1/custom-object-classes/{source_class_id}/custom-objects/{source_object_id}/associations/{target_class_id}/{target_object_id}/{association_type_id}',
    'POST /api/ticketing/v1/attachments',
    'POST /api/ticketing/v1/comments',
    'POST /api/ticketing/v1/contacts',
    'POST /api/ticketing/v1/tickets',
    'PATCH /api/ticketing/v1/tickets/{id}'),
  ...perCategory('link sessions', 'POST /link-token', 'GET /account-token/{public_token}'),
  ...of('link sessions', 'POST /api/integrations/create-link-token', 'GET /api/integrations/account-token/{public_token}'),
  ...perCategory('async passthrough', 'POST /async-passthrough', 'GET /async-passthrough/{async_passthrough_receipt_id}'),
  ...perCategory('webhooks in', 'GET /webhook-receivers', 'POST /webhook-receivers'),
  ...perCategory('field mapping',
    'GET /field-mappings', 'POST /field-mappings', 'PATCH /field-mappings/{field_mapping_id}', 'DELETE /field-mappings/{field_mapping_id}', 'GET /remote-fields', 'GET /target-fields', 'POST /target-fields'),
  ...of('live reads', 'GET /api/ticketing/v1/tickets/live-search'),
]

const rooms: ReadonlyMap<string, Room> = new Map(awaiting.map(({ operation, room }) => [operation, room]))

/** Whether an operation waits for its room. */
export const isAwaited = (operation: string): boolean => rooms.has(operation)

/** What to throw in place of an answer. Naming an operation that the list lacks is a mistake of ours. */
export function notYetServed(operation: string): Fault {
  const room = rooms.get(operation)
  if (room === undefined) throw new Error(`${operation} is not in the list of operations that wait`)
  return new Fault('request.not_yet_served', { detail: `${operation} is checked but not carried out: it waits for ${room}. Nothing was sent to the vendor and nothing was changed.` })
}
