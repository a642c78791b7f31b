import { commonModel, equals, instant, number, oneOf, ref, text } from '../model.ts'
import { currencies } from '../words/currencies.ts'

export const Employment = commonModel('hris', 'Employment', {
  path: 'employments',
  doc: 'A position that an employee has or had, with its pay.',
  fields: {
    employee: ref('hris.Employee', 'The employee. Filters on employees by title and type follow it.'),
    job_title: text('The title.'),
    pay_rate: number('What is paid per pay period, in the pay currency.'),
    pay_period: oneOf(['HOUR', 'DAY', 'WEEK', 'EVERY_TWO_WEEKS', 'SEMIMONTHLY', 'MONTH', 'QUARTER', 'EVERY_SIX_MONTHS', 'YEAR'], 'What the pay rate is for.'),
    pay_frequency: oneOf(['WEEKLY', 'BIWEEKLY', 'MONTHLY', 'QUARTERLY', 'SEMIANNUALLY', 'ANNUALLY', 'THIRTEEN-MONTHLY', 'PRO_RATA', 'SEMIMONTHLY'], 'How often the employee is paid.'),
    pay_currency: oneOf(currencies, 'The currency of the pay rate, by ISO 4217.'),
    pay_group: ref('hris.PayGroup', 'The group with which the employee is paid.'),
    flsa_status: oneOf(['EXEMPT', 'SALARIED_NONEXEMPT', 'NONEXEMPT', 'OWNER'], 'Whether overtime is paid, by the law of the United States.'),
    effective_date: instant('From when it holds.'),
    employment_type: oneOf(['FULL_TIME', 'PART_TIME', 'INTERN', 'CONTRACTOR', 'FREELANCE'], 'How the employee is engaged.'),
  },
  filters: { employee_id: equals('employee', 'Only positions of this employee.') },
  orderBy: ['effective_date'],
})
