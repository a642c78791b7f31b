import { after, before, commonModel, equals, instant, number, oneOf, ref, text } from '../model.ts'

export const TimeOff = commonModel('hris', 'TimeOff', {
  path: 'time-off',
  doc: 'A request not to work for a while, and what became of it.',
  fields: {
    employee: ref('hris.Employee', 'The employee who is off.'),
    approver: ref('hris.Employee', 'The employee who decides.'),
    status: oneOf(['REQUESTED', 'APPROVED', 'DECLINED', 'CANCELLED', 'DELETED'], 'What became of the request.'),
    employee_note: text('What the employee wrote to it.'),
    units: oneOf(['HOURS', 'DAYS'], 'What the amount counts.'),
    amount: number('How long it is.'),
    request_type: oneOf(['VACATION', 'SICK', 'PERSONAL', 'JURY_DUTY', 'VOLUNTEER', 'BEREAVEMENT'], 'What it is for.'),
    start_time: instant('When it begins.'),
    end_time: instant('When it ends.'),
  },
  filters: {
    approver_id: equals('approver', 'Only requests that this employee decides on.'),
    employee_id: equals('employee', 'Only requests of this employee.'),
    ended_after: after('end_time', 'Only requests that end after this instant.'),
    ended_before: before('end_time', 'Only requests that end before this instant.'),
    request_type: equals('request_type', 'Only requests for this.'),
    started_after: after('start_time', 'Only requests that begin after this instant.'),
    started_before: before('start_time', 'Only requests that begin before this instant.'),
    status: equals('status', 'Only requests of this status.'),
  },
  create: { except: [] },
})
