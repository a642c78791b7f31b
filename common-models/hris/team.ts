import { commonModel, equals, ref, text } from '../model.ts'

export const Team = commonModel('hris', 'Team', {
  path: 'teams',
  doc: 'A team of employees. Groups say the same and more.',
  fields: {
    name: text('The name of the team.'),
    parent_team: ref('hris.Team', 'The team that this one is a part of.'),
  },
  filters: { parent_team_id: equals('parent_team', 'Only parts of this team.') },
})
