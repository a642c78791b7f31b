import { commonModel, equals, number, oneOf, ref } from '../model.ts'

export const TimeOffBalance = commonModel('hris', 'TimeOffBalance', {
  path: 'time-off-balances',
  doc: 'How much time off an employee has left under one policy.',
  fields: {
    employee: ref('hris.Employee', 'The employee.'),
    balance: number('What is left, in hours.'),
    used: number('What was taken, in hours.'),
    policy_type: oneOf(['VACATION', 'SICK', 'PERSONAL', 'JURY_DUTY', 'VOLUNTEER', 'BEREAVEMENT'], 'What the time off is for.'),
  },
  filters: {
    employee_id: equals('employee', 'Only balances of this employee.'),
    policy_type: equals('policy_type', 'Only balances for this.'),
  },
})
