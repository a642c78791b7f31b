import { after, before, commonModel, equals, instant, number, objects, ref } from '../model.ts'
import { deduction } from './deduction.ts'
import { earning } from './earning.ts'
import { tax } from './tax.ts'

export const EmployeePayrollRun = commonModel('hris', 'EmployeePayrollRun', {
  path: 'employee-payroll-runs',
  doc: 'What one employee was paid in one payroll run.',
  fields: {
    employee: ref('hris.Employee', 'The employee who was paid.'),
    payroll_run: ref('hris.PayrollRun', 'The run it belongs to.'),
    gross_pay: number('The pay before deductions and taxes.'),
    net_pay: number('The pay after them.'),
    start_date: instant('When the pay period begins.'),
    end_date: instant('When the pay period ends.'),
    check_date: instant('When the employee is paid.'),
    earnings: objects(earning, 'What the gross pay is made of.'),
    deductions: objects(deduction, 'What is taken off.'),
    taxes: objects(tax, 'The taxes, of the employee and of the employer.'),
  },
  filters: {
    employee_id: equals('employee', 'Only payments to this employee.'),
    ended_after: after('end_date', 'Only pay periods that end after this instant.'),
    ended_before: before('end_date', 'Only pay periods that end before this instant.'),
    payroll_run_id: equals('payroll_run', 'Only payments of this run.'),
    started_after: after('start_date', 'Only pay periods that begin after this instant.'),
    started_before: before('start_date', 'Only pay periods that begin before this instant.'),
  },
})
