import { flag, nestedShape, number, ref, text } from '../model.ts'

export const tax = nestedShape('Tax', 'A tax on a payment.', {
  remote_id: text('The vendor\'s id of it, where it has one.'),
  employee_payroll_run: ref('hris.EmployeePayrollRun', 'The payment it is on.', { expandable: false }),
  name: text('The name of the tax.'),
  amount: number('How much it is.'),
  employer_tax: flag('True where the company pays it.'),
}, ['id', 'created_at', 'modified_at', 'remote_was_deleted', 'field_mappings', 'remote_data'])
