import { commonModel, parent, ref } from '../model.ts'

export const Viewer = commonModel('ticketing', 'Viewer', {
  path: 'collections/{collection_id}/viewers',
  parents: [parent('collection_id', 'ticketing.Collection', 'collection')],
  alsoUnder: [{ path: 'tickets/{ticket_id}/viewers', parents: [parent('ticket_id', 'ticketing.Ticket', 'ticket')] }],
  retrievable: false,
  publicName: 'TicketingViewer',
  doc: 'Somebody who may see a ticket or a collection.',
  fields: {
    team: ref('ticketing.Team', 'The team that may see it.'),
    user: ref('ticketing.User', 'The user who may see it.'),
    ticket: ref('ticketing.Ticket', 'The ticket that may be seen, where it is one.', { expandable: false }),
    collection: ref('ticketing.Collection', 'The collection that may be seen, where it is one.', { expandable: false }),
  },
})
