/** The parts of Salesforce's answers that we read: https://developer.salesforce.com/docs/platform/object-reference/guide/sforce-api-objects-list.html. A column that the user may not see does not come at all. */
import { id, num, str, type Answer } from '#kit'

export const VERSION = 'v64.0'

/** What every record has. */
export interface SObject {
  readonly attributes: { readonly type: string; readonly url: string }
  readonly Id: string
  readonly IsDeleted?: boolean
  readonly CreatedDate?: string
  readonly LastModifiedDate?: string
  /** Also moves where LastModifiedDate does not: deletions, merges, changes by the system. */
  readonly SystemModstamp?: string
}

type Maybe<K extends string, V> = { readonly [P in K]?: V | null }
type AddressParts = 'Street' | 'City' | 'State' | 'PostalCode' | 'Country' | 'CountryCode'
type Text<K extends string> = Maybe<K, string>

export type Account = SObject & Text<'Name' | 'Description' | 'Industry' | 'Website' | 'Phone' | 'Fax' | 'OwnerId' | 'LastActivityDate' | `Billing${AddressParts}` | `Shipping${AddressParts}`> & Maybe<'NumberOfEmployees', number>
export type Contact = SObject & Text<'FirstName' | 'LastName' | 'Title' | 'AccountId' | 'OwnerId' | 'Email' | 'Phone' | 'MobilePhone' | 'HomePhone' | 'OtherPhone' | 'AssistantPhone' | 'Fax' | 'LastActivityDate' | `Mailing${AddressParts}` | `Other${AddressParts}`>
export type Lead = SObject & Text<'FirstName' | 'LastName' | 'Title' | 'Company' | 'LeadSource' | 'Status' | 'OwnerId' | 'Email' | 'Phone' | 'MobilePhone' | 'Fax' | 'ConvertedDate' | 'ConvertedContactId' | 'ConvertedAccountId' | AddressParts>
export type Opportunity = SObject & Text<'Name' | 'Description' | 'OwnerId' | 'AccountId' | 'StageName' | 'CloseDate' | 'LastActivityDate'> & Maybe<'Amount', number> & Maybe<'IsClosed' | 'IsWon', boolean>
export type OpportunityStage = SObject & Text<'ApiName' | 'MasterLabel'>
export type User = SObject & Text<'Name' | 'Email' | 'ProfileId' | 'FullPhotoUrl'> & Maybe<'IsActive', boolean>
type Activity = SObject & Text<'Subject' | 'Description' | 'OwnerId' | 'WhoId' | 'WhatId' | 'AccountId' | 'ActivityDate'>
export type Task = Activity & Text<'Status' | 'TaskSubtype' | 'CompletedDateTime' | 'CallType'> & Maybe<'IsClosed', boolean>
export type Event = Activity & Text<'EventSubtype' | 'StartDateTime' | 'EndDateTime'>
export type Note = SObject & Text<'Title' | 'Body' | 'ParentId' | 'OwnerId'>
export type ContentNote = SObject & Text<'Title' | 'TextPreview' | 'OwnerId'>

export type Case = SObject & Text<'Subject' | 'Description' | 'Status' | 'Priority' | 'Type' | 'OwnerId' | 'CreatedById' | 'AccountId' | 'ContactId' | 'ParentId' | 'ClosedDate'> & Maybe<'IsClosed', boolean>
type Said = SObject & Text<'ParentId' | 'CreatedById'>
export type CaseComment = Said & Text<'CommentBody'> & Maybe<'IsPublished', boolean>
export type EmailMessage = Said & Text<'TextBody' | 'HtmlBody' | 'MessageDate'> & Maybe<'Incoming', boolean>
/** A post in a case's feed. `Visibility` is there where the org has sites for customers. */
export type CaseFeed = Said & Text<'Body' | 'Visibility'> & Maybe<'IsRichText', boolean>
export type ContentVersion = SObject & Text<'ContentDocumentId' | 'Title' | 'FileExtension' | 'FileType' | 'CreatedById'>
/** A file of the old kind, which lies in one record. */
export type Attachment = SObject & Text<'ParentId' | 'Name' | 'ContentType' | 'CreatedById'>
export type Group = SObject & Text<'Name' | 'Description'>
export type QueueSobject = SObject & Text<'QueueId'> & Maybe<'Queue', Text<'Name' | 'Description' | 'CreatedDate' | 'LastModifiedDate'>>
export type CaseShare = SObject & Text<'CaseId' | 'UserOrGroupId'>
/** What a profile allows is kept as a set of permissions of its own. */
export type PermissionSet = SObject & Text<'ProfileId'> & Maybe<'Profile', Text<'Name'>> & Maybe<'PermissionsViewAllData' | 'PermissionsTransferAnyCase', boolean>
export type Topic = SObject & Text<'Name'>

/** One answer of `query` and of the addresses that it names. */
export interface Page<R> {
  readonly totalSize: number
  readonly done: boolean
  readonly nextRecordsUrl?: string
  readonly records: readonly R[]
}

/** A field, as `describe` tells of it. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly type: string
  readonly custom: boolean
  readonly nillable: boolean
  readonly createable: boolean
  readonly defaultedOnCreate: boolean
  readonly inlineHelpText?: string | null
  readonly relationshipName?: string | null
  readonly referenceTo?: readonly string[] | null
  readonly picklistValues?: readonly { readonly value: string; readonly label: string | null; readonly active: boolean }[] | null
}

/** A class of objects, as `sobjects` lists it and `sobjects/{name}/describe` tells of it with its fields. */
export interface ObjectClass {
  readonly name: string
  readonly label: string
  readonly labelPlural: string
  readonly custom: boolean
  readonly customSetting: boolean
  readonly queryable: boolean
  readonly deprecatedAndHidden: boolean
}
export interface Description extends ObjectClass { readonly fields: readonly Field[] }

/** The first three characters of an id say what it is of: https://help.salesforce.com/s/articleView?id=000385203&type=1 */
const PREFIXES = { Account: '001', Contact: '003', User: '005', Opportunity: '006', Lead: '00Q', Task: '00T', Event: '00U', Case: '500', Group: '00G' } as const
export const modelOf = { Account: 'crm.Account', Contact: 'crm.Contact', User: 'crm.User', Opportunity: 'crm.Opportunity', Lead: 'crm.Lead', Task: 'crm.Task' } as const

/** An id where it is of that object, for owners may be queues, and what an activity is about may be anything. */
export const idOfA = (object: keyof typeof PREFIXES, value: unknown): string | null => {
  const found = id(value)
  return found?.startsWith(PREFIXES[object]) === true ? found : null
}

/** Both the old and the new user interface send whoever follows it to the record. */
export const recordUrl = ({ Id }: { readonly Id?: unknown }, { baseUrl }: { readonly baseUrl: string }): string | null => {
  const found = str(Id)
  return found === null || !/^\w{1,18}$/.test(found) ? null : `${baseUrl.replace(/\/services\/data\/.*$/, '')}/${found}`
}

export const whole = (value: unknown): number | null => {
  const found = num(value)
  return found === null ? null : Math.round(found)
}

/** A website as people type it: mostly without a scheme, which Salesforce's own pages then take for http. */
const parsed = (value: unknown): URL | null => {
  const text = str(value)
  return text === null || /\s/.test(text) ? null : URL.parse(/^https?:\/\//i.test(text) ? text : `http://${text}`)
}
export const website = (value: unknown): string | null => parsed(value)?.href ?? null
export const domainOf = (value: unknown): string | null => parsed(value)?.hostname.replace(/^www\./, '') ?? null

/** Queues and public groups; other groups stand for a role, a territory or a sharing rule. `of`: how one gets to the group. */
export const groupTypes = (of: '' | 'Group.' = ''): string => `${of}Type in ('Queue', 'Regular')`

interface ErrorItem { readonly errorCode?: unknown; readonly message?: unknown; readonly fields?: unknown }
/** `[{"errorCode": ..., "message": ..., "fields": [...]}]`: https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm */
export const errorsOf = ({ body }: Pick<Answer, 'body'>): readonly ErrorItem[] => (Array.isArray(body) ? body.filter((one): one is ErrorItem => typeof one === 'object' && one !== null && typeof (one as ErrorItem).errorCode === 'string') : [])
export const says = (...codes: readonly string[]) => (answer: Answer): boolean => errorsOf(answer).some(({ errorCode }) => codes.includes(errorCode as string))
