import { commonModel, text } from '../model.ts'

export const Team = commonModel('ticketing', 'Team', {
  path: 'teams',
  publicName: 'TicketingTeam',
  doc: 'A group of users to whom tickets are assigned together.',
  fields: {
    name: text('The name of the team.'),
    description: text('What the team is for.'),
  },
})
