import { nestedShape, number, ref, text } from '../model.ts'

export const deduction = nestedShape('Deduction', 'What is taken off the gross pay, taxes apart.', {
  remote_id: text('The vendor\'s id of it, where it has one.'),
  employee_payroll_run: ref('hris.EmployeePayrollRun', 'The payment it is taken off.', { expandable: false }),
  name: text('What it is for.'),
  employee_deduction: number('What the employee pays.'),
  company_deduction: number('What the company adds.'),
}, ['id', 'created_at', 'modified_at', 'remote_was_deleted', 'field_mappings', 'remote_data'])
