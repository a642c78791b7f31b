import { after, before, commonModel, equals, instant, oneOf } from '../model.ts'

export const PayrollRun = commonModel('hris', 'PayrollRun', {
  path: 'payroll-runs',
  doc: 'One time that employees were paid.',
  fields: {
    run_state: oneOf(['PAID', 'DRAFT', 'APPROVED', 'FAILED', 'CLOSED'], 'How far the run is.'),
    run_type: oneOf(['REGULAR', 'OFF_CYCLE', 'CORRECTION', 'TERMINATION', 'SIGN_ON_BONUS'], 'Why there is a run.'),
    start_date: instant('When the pay period begins.'),
    end_date: instant('When the pay period ends.'),
    check_date: instant('When the employees are paid.'),
  },
  filters: {
    ended_after: after('end_date', 'Only pay periods that end after this instant.'),
    ended_before: before('end_date', 'Only pay periods that end before this instant.'),
    run_type: equals('run_type', 'Only runs of this type.'),
    started_after: after('start_date', 'Only pay periods that begin after this instant.'),
    started_before: before('start_date', 'Only pay periods that begin before this instant.'),
  },
})
