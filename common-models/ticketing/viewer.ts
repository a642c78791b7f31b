import { commonModel, ref } from '../model.ts'

export const Viewer = commonModel('ticketing', 'Viewer', {
  path: 'viewers',
  publicName: 'TicketingViewer',
  doc: 'Somebody who may see a ticket or a collection.',
  fields: {
    team: ref('ticketing.Team', 'The team that may see it.'),
    user: ref('ticketing.User', 'The user who may see it.'),
  },
})
