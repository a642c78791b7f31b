import { commonModel, equals, flag, instant, oneOf, ref, text } from '../model.ts'

export const Dependent = commonModel('hris', 'Dependent', {
  path: 'dependents',
  doc: 'A person whom an employee\'s benefits also cover.',
  fields: {
    first_name: text('The first name.'),
    middle_name: text('The middle name.'),
    last_name: text('The last name.'),
    relationship: oneOf(['CHILD', 'SPOUSE', 'DOMESTIC_PARTNER'], 'Who the person is to the employee.'),
    employee: ref('hris.Employee', 'The employee.', { expandable: false }),
    date_of_birth: instant('The date of birth, as midnight UTC.'),
    gender: oneOf(['MALE', 'FEMALE', 'NON-BINARY', 'OTHER', 'PREFER_NOT_TO_DISCLOSE'], 'The gender.'),
    phone_number: text('The phone number, as the vendor writes it.'),
    home_location: ref('hris.Location', 'Where the person lives.', { expandable: false }),
    is_student: flag('True where the person studies.'),
    ssn: text('The social security number.', { sensitive: true }),
  },
  filters: { employee_id: equals('employee', 'Only dependents of this employee.') },
})
