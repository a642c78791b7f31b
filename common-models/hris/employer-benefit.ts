import { commonModel, oneOf, text } from '../model.ts'

export const EmployerBenefit = commonModel('hris', 'EmployerBenefit', {
  path: 'employer-benefits',
  doc: 'A benefit plan that a company offers.',
  fields: {
    benefit_plan_type: oneOf(['MEDICAL', 'HEALTH_SAVINGS', 'INSURANCE', 'RETIREMENT', 'OTHER'], 'What kind of plan it is.'),
    name: text('The name of the plan.'),
    description: text('What the plan gives.'),
    deduction_code: text('The code under which payroll takes it off.'),
  },
})
