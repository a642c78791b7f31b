import { nestedShape, number, oneOf, ref, text } from '../model.ts'

export const earning = nestedShape('Earning', 'A part of the gross pay.', {
  remote_id: text('The vendor\'s id of it, where it has one.'),
  employee_payroll_run: ref('hris.EmployeePayrollRun', 'The payment it is a part of.', { expandable: false }),
  amount: number('How much it is.'),
  type: oneOf(['SALARY', 'REIMBURSEMENT', 'OVERTIME', 'BONUS'], 'What it is paid for.'),
}, ['id', 'created_at', 'modified_at', 'remote_was_deleted', 'field_mappings', 'remote_data'])
