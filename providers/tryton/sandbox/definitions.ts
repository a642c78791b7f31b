/** What `fields_get` says of fields; only what readers ask for. */
const field = (name: string, string: string, type: string, more: object = {}) => [name, { name, string, type, help: '', required: false, readonly: false, ...more }] as const
const stamps = [field('id', 'ID', 'integer'), field('rec_name', 'Record Name', 'char'), field('create_date', 'Created at', 'timestamp'), field('write_date', 'Edited at', 'timestamp')]

export const definitions: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'party.party': Object.fromEntries([
    ...stamps, field('name', 'Name', 'char'), field('code', 'Code', 'char', { required: true, help: 'The unique identifier of the party.' }), field('active', 'Active', 'boolean'), field('lang', 'Language', 'many2one'), field('addresses', 'Addresses', 'one2many'),
    field('bank_accounts', 'Bank Accounts', 'many2many'), field('segment', 'Segment', 'selection', { selection: [['gold', 'Gold'], ['silver', 'Silver'], [null, '']] }),
  ]),
  'party.address': Object.fromEntries([field('name', 'Building Name', 'char'), field('street', 'Street', 'text'), field('invoice', 'Invoice', 'boolean'), field('delivery', 'Delivery', 'boolean')]),
  'company.employee': Object.fromEntries([...stamps, field('party', 'Party', 'many2one'), field('start_date', 'Start Date', 'date'), field('end_date', 'End Date', 'date'), field('badge', 'Badge', 'char')]),
  'sale.opportunity': Object.fromEntries([
    ...stamps, field('number', 'Number', 'char', { required: true }), field('reference', 'Reference', 'char'), field('description', 'Description', 'char'), field('amount', 'Amount', 'numeric'), field('conversion_probability', 'Conversion Probability', 'float', { required: true }), field('lost_reason', 'Reason for loss', 'text'),
    field('state', 'State', 'selection', { required: true, selection: [['lead', 'Lead'], ['opportunity', 'Opportunity'], ['converted', 'Converted'], ['won', 'Won'], ['cancelled', 'Cancelled'], ['lost', 'Lost']] }),
  ]),
}
