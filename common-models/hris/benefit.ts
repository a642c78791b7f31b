import { commonModel, equals, instant, number, ref, text } from '../model.ts'

export const Benefit = commonModel('hris', 'Benefit', {
  path: 'benefits',
  doc: 'An employee\'s part in a benefit plan.',
  fields: {
    employee: ref('hris.Employee', 'The employee who takes part.'),
    provider_name: text('Who provides the plan: an insurer, a fund.'),
    benefit_plan_type: text('The vendor\'s name for the kind of plan.'),
    employee_contribution: number('What the employee pays per pay period.'),
    company_contribution: number('What the company pays per pay period.'),
    start_date: instant('When the part began.'),
    end_date: instant('When it ended.'),
    employer_benefit: ref('hris.EmployerBenefit', 'The plan that the company offers.', { expandable: false }),
  },
  filters: { employee_id: equals('employee', 'Only benefits of this employee.') },
})
