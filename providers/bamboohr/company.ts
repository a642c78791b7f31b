import { id, notOffered, prose, type Resource } from '#kit'
import { Company } from '#models/hris/company'
import type { RecordOf } from '#models'

interface Profile { readonly legalName?: string; readonly displayName?: string }
type Row = Profile & { readonly domain: string | undefined }

export const isCompany = (body: unknown): boolean => typeof body === 'object' && body !== null && ['legalName', 'displayName'].some((name) => typeof (body as Readonly<Record<string, unknown>>)[name] === 'string')

/** One company for each account; it has no number, so that its domain stands for it. https://documentation.bamboohr.com/reference/get-company-information */
export const company: Resource<RecordOf<typeof Company>, Row, Profile, Profile> = {
  model: Company,
  version: 1,
  read: {
    path: '/company_information',
    items: (page) => { if (isCompany(page)) return [page]; throw new TypeError('a company without a name') },
    pages: { kind: 'single' },
    rows: { kind: 'within', rows: (profile, { setup }) => [{ ...profile, domain: setup['subdomain'] }] },
    incremental: 'full_only',
    deletions: { seenAs: 'never', because: 'an account is one company, which ends with it' },
  },
  identity: { remoteId: (row) => id(row.domain) },
  fields: {
    legal_name: (row) => prose(row.legalName),
    display_name: (row) => prose(row.displayName),
    eins: notOffered,
  },
}
