import { id, instant, type Told, type Webhooks } from '#kit'

/** Fields of which a change is told; the id of the event's employee is all that is used. Names: https://documentation.bamboohr.com/docs/list-of-field-names */
const monitored = ['employeeNumber', 'firstName', 'lastName', 'preferredName', 'workEmail', 'homeEmail', 'mobilePhone', 'department', 'division', 'location', 'jobTitle', 'supervisor', 'employmentHistoryStatus', 'status', 'hireDate', 'terminationDate', 'dateOfBirth', 'gender', 'maritalStatus', 'ethnicity', 'address1', 'address2', 'city', 'state', 'zipcode', 'country', 'payRate', 'payType', 'payPer', 'paySchedule', 'exempt']

const what: Readonly<Record<string, Told['what']>> = { 'employee.created': 'changed', 'employee.updated': 'changed', 'employee.deleted': 'deleted' }

/** A change that is dated ahead is told on its day, not when it is entered. */
export const webhooks: Webhooks = {
  docs: 'https://documentation.bamboohr.com/docs/event-based-webhooks',
  // The headers are documented; that the time stands behind the body, and in seconds, is what receivers in use do. https://documentation.bamboohr.com/docs/webhooks-2
  signature: { kind: 'hmac', algorithm: 'sha256', header: 'x-bamboohr-signature', encoding: 'hex', signed: ({ body }, at) => body + at, timestamp: { header: 'x-bamboohr-timestamp', unit: 'seconds', toleranceSeconds: 300 } },
  told(body) {
    const { type, timestamp, data } = (body ?? {}) as { readonly type?: unknown; readonly timestamp?: unknown; readonly data?: { readonly employeeId?: unknown } | null }
    const [told, employee] = [typeof type === 'string' && Object.hasOwn(what, type) ? what[type] : undefined, id(data?.employeeId)]
    return told === undefined || employee === null ? [] : [{ model: 'hris.Employee', remoteId: employee, what: told, eventId: null, at: instant(timestamp) }]
  },
  // The vendor makes the secret and says it once, in this answer. https://documentation.bamboohr.com/reference/create-webhook
  subscribe: ({ url }) => [{ method: 'POST', path: '/webhooks', body: { name: 'Intermodal', url, format: 'json', events: Object.keys(what), monitorFields: monitored } }],
  subscribed(body) {
    const { id: number, privateKey } = (body ?? {}) as { readonly id?: unknown; readonly privateKey?: unknown }
    const hook = id(number)
    return hook === null || typeof privateKey !== 'string' ? null : { id: hook, secret: privateKey, expiresInSeconds: null }
  },
  unsubscribe: ({ id: hook }) => ({ method: 'DELETE', path: `/webhooks/${hook}` }),
}
