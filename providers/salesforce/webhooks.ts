import { str, type Told, type Webhooks } from '#kit'
import type { ModelId } from '#models'

/** An activity's id does not say of which kind it is: both models are told. Files are told by none: their attachments have ids of their own. */
const models: Readonly<Record<string, readonly ModelId[]>> = {
  Account: ['crm.Account', 'ticketing.Account'], Contact: ['crm.Contact', 'ticketing.Contact'], User: ['crm.User', 'ticketing.User'], Lead: ['crm.Lead'], Opportunity: ['crm.Opportunity'],
  Note: ['crm.Note'], ContentNote: ['crm.Note'], Task: ['crm.Task', 'crm.Engagement'], Event: ['crm.Engagement'], Case: ['ticketing.Ticket'], CaseComment: ['ticketing.Comment'], EmailMessage: ['ticketing.Comment'],
}
const modelsOf = (object: string): readonly ModelId[] => models[object] ?? (object.endsWith('__c') ? ['crm.CustomObject'] : [])

const END = /<\/(?:\w+:)?Notification>/
const EVENT = /<(?:\w+:)?Id>(\w{15,18})<\/(?:\w+:)?Id>\s*<(?:\w+:)?sObject\s[^>]*\btype="(?:\w+:)?(\w+)"[^>]*>[\s\S]*?<(?:\w+:)?Id>(\w{15,18})<\/(?:\w+:)?Id>/

/** SOAP of one fixed form, up to a hundred notifications in each: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging_wsdl.htm */
function told(body: unknown): Told[] {
  return (str(body) ?? '').split(END).slice(0, -1).slice(0, 100).flatMap((text) => {
    const [, eventId, object = '', record] = EVENT.exec(text.slice(text.lastIndexOf('Notification>'))) ?? []
    return record === undefined ? [] : modelsOf(object).map((model): Told => ({ model, remoteId: record, what: 'changed', eventId: eventId ?? null, at: null }))
  })
}

/** Outbound messages: a record-triggered flow sends them on create and update, never on delete. They are the only push over plain HTTP that Salesforce has. */
export const webhooks: Webhooks = {
  docs: 'https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging.htm',
  signature: { kind: 'secret_address', because: 'Outbound messages are not signed; Salesforce\'s advice is to know its addresses and to compare the OrganizationId.' },
  told,
  // Anything else, and the message is sent again for 24 hours.
  acknowledgement: { headers: { 'content-type': 'text/xml; charset=utf-8' }, body: '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>' },
  manual: 'Setup → Outbound Messages → New: choose the object, paste the address as the endpoint, choose the field Id alone, leave "Send Session ID" off. Then build a record-triggered flow on the object (created or updated) with that outbound message as its action. One of each for every object.',
}
