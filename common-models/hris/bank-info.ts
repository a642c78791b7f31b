import { commonModel, equals, equalsFolded, instant, oneOf, ref, text } from '../model.ts'

export const BankInfo = commonModel('hris', 'BankInfo', {
  path: 'bank-info',
  doc: 'Where an employee\'s pay is sent.',
  fields: {
    employee: ref('hris.Employee', 'The employee whose account it is.'),
    account_number: text('The account number. Vendors often give only its last digits.'),
    routing_number: text('The number of the bank: routing number, sort code, BIC.'),
    bank_name: text('The name of the bank.'),
    account_type: oneOf(['SAVINGS', 'CHECKING'], 'What kind of account it is.'),
    remote_created_at: instant('When it was entered at the vendor.'),
  },
  filters: {
    account_type: equals('account_type', 'Only accounts of this kind.'),
    bank_name: equalsFolded('bank_name', 'Only accounts at this bank, in any case.'),
    employee_id: equals('employee', 'Only accounts of this employee.'),
  },
  orderBy: ['remote_created_at'],
})
