import { nestedShape, oneOf, text } from '../model.ts'
import { countries } from '../words/countries.ts'

export const address = nestedShape('Address', 'A postal address.', {
  street_1: text('Street and number.'),
  street_2: text('What else the address has: a floor, a department.'),
  city: text('The city.'),
  state: text('The state, province or canton.'),
  postal_code: text('The postal code.'),
  country: oneOf(countries, 'The country, by its two letters of ISO 3166.'),
  address_type: oneOf(['BILLING', 'SHIPPING'], 'What the address is for.'),
}, ['created_at', 'modified_at'])
