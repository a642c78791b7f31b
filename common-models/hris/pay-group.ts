import { commonModel, text } from '../model.ts'

export const PayGroup = commonModel('hris', 'PayGroup', {
  path: 'pay-groups',
  doc: 'Employees who are paid together.',
  fields: {
    pay_group_name: text('The name of the group.'),
  },
})
