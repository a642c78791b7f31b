import { commonModel, equalsFolded, flag, isIn, oneOf, ref, text, url } from '../model.ts'

export const Group = commonModel('hris', 'Group', {
  path: 'groups',
  doc: 'Employees who belong together: a team, a department, a cost centre.',
  fields: {
    parent_group: ref('hris.Group', 'The group that this one is a part of.', { expandable: false }),
    name: text('The name of the group.'),
    type: oneOf(['TEAM', 'DEPARTMENT', 'COST_CENTER', 'BUSINESS_UNIT', 'GROUP'], 'What kind of group it is.'),
    is_commonly_used_as_team: flag('True where the vendor\'s customers mostly mean teams by groups of this kind.'),
    group_url: url('Where a person can look at it.'),
  },
  filters: {
    is_commonly_used_as_team: equalsFolded('is_commonly_used_as_team', 'Only groups of which this is true, or false.'),
    names: isIn('name', 'Only groups with any of these names.'),
    types: isIn('type', 'Only groups of any of these kinds.'),
  },
})
