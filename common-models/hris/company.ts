import { commonModel, text, textsOrNull } from '../model.ts'

export const Company = commonModel('hris', 'Company', {
  path: 'companies',
  doc: 'A legal entity that employs people.',
  fields: {
    legal_name: text('The name in the register.'),
    display_name: text('The name in daily use.'),
    eins: textsOrNull('Tax numbers of the employer.'),
  },
})
