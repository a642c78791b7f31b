import { after, before, commonModel, equals, instant, number, ref } from '../model.ts'

export const TimesheetEntry = commonModel('hris', 'TimesheetEntry', {
  path: 'timesheet-entries',
  doc: 'Hours that an employee worked.',
  fields: {
    employee: ref('hris.Employee', 'The employee who worked.'),
    hours_worked: number('How many hours.'),
    start_time: instant('When the work began.'),
    end_time: instant('When it ended.'),
  },
  filters: {
    employee_id: equals('employee', 'Only hours of this employee.'),
    ended_after: after('end_time', 'Only work that ended after this instant.'),
    ended_before: before('end_time', 'Only work that ended before this instant.'),
    started_after: after('start_time', 'Only work that began after this instant.'),
    started_before: before('start_time', 'Only work that began before this instant.'),
  },
  orderBy: ['start_time'],
  create: { except: [] },
})
