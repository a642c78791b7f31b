import { commonModel, equals, oneOf, text } from '../model.ts'
import { countries } from '../words/countries.ts'

export const Location = commonModel('hris', 'Location', {
  path: 'locations',
  doc: 'An address at which somebody lives or works.',
  fields: {
    name: text('The name of the place.'),
    phone_number: text('The phone number, as the vendor writes it.'),
    street_1: text('Street and number.'),
    street_2: text('What else the address has: a floor, a flat.'),
    city: text('The city.'),
    state: text('The state, province or canton. A state of the United States by its two letters, where the vendor knows them.'),
    zip_code: text('The postal code.'),
    country: oneOf(countries, 'The country, by its two letters of ISO 3166.'),
    location_type: oneOf(['HOME', 'WORK'], 'Whether somebody lives or works there.'),
  },
  filters: { location_type: equals('location_type', 'Only places of this kind.') },
})
