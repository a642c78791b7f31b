import { nestedShape, text } from '../model.ts'

export const phoneNumber = nestedShape('PhoneNumber', 'A phone number.', {
  phone_number: text('The number, as the vendor writes it.'),
  phone_number_type: text('What the number is for, in the vendor\'s words.'),
}, ['created_at', 'modified_at'])
