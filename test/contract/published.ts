/** The contracts that vendors publish, as they were when adapters were checked against them. `npm run specs` fetches them; the hash says whether it is still the same text. */

export interface Published {
  /** Below the folder of test material. */
  readonly file: string
  readonly url: `https://${string}`
  readonly sha256: string
}

/** When these were looked at. */
export const takenOn = '2026-11-21'

const github = (repository: string, commit: string, path: string): `https://${string}` => `https://raw.githubusercontent.com/${repository}/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`
const hubspot = (path: string): `https://${string}` => github('HubSpot/HubSpot-public-api-spec-collection', '99893791383254f52aa07662baeb98aad65cc710', `PublicApiSpecs/${path}`)
const personio = (path: string): `https://${string}` => github('personio/api-docs', '2f3707ffde5921f8e3daef8076e7311eeacce3ec', path)

/** By vendor. One that publishes none is not here, and nothing of it counts as proven by a contract. */
export const published: Readonly<Record<string, readonly Published[]>> = {
  // No address of this one names a version: what is fetched later may be newer, and is then refused.
  bamboohr: [
    { file: 'specs/bamboohr/public.yaml', url: 'https://d40bgjb2zs35x.cloudfront.net/main/latest/docs/openapi/public-openapi.yaml', sha256: '6b328e2986455da3d91c22d0cdcf851d67df6c86b428139bc7b48defccc6fa8f' },
  ],
  hubspot: [
    { file: 'specs/hubspot/2026-03/users.json', url: hubspot('Settings/User Provisioning/Rollouts/144927/2026-03/userProvisioning.json'), sha256: '9886e240b77c8c95bb180ec1b51441dea3d2f4d4ca6eb20667cf57e8b4f0d110' },
    { file: 'specs/hubspot/2026-09/companies.json', url: hubspot('CRM/Companies/Rollouts/424/2026-09/companies.json'), sha256: 'f8907f7ba5a5097ccb29fdd2b5ac5f522e3adde5614df9d9c4a49d3d04ff5945' },
    { file: 'specs/hubspot/2026-09/contacts.json', url: hubspot('CRM/Contacts/Rollouts/424/2026-09/contacts.json'), sha256: 'f67bf5699a481ef85735c1846884f3c7c72ea85f858341de3499a90d9039f344' },
    { file: 'specs/hubspot/2026-09/deals.json', url: hubspot('CRM/Deals/Rollouts/424/2026-09/deals.json'), sha256: 'cafe9ee81824c7994fdf3298ef483d5c7fddcebd869ad02ea8b23b09968f1aa1' },
    { file: 'specs/hubspot/2026-09/tickets.json', url: hubspot('CRM/Tickets/Rollouts/424/2026-09/tickets.json'), sha256: '432a23a238dfc0a764bc46223d4fe8d0906c7e205983ef496ddcdf3870d605e6' },
    { file: 'specs/hubspot/v3/calls.json', url: hubspot('CRM/Calls/Rollouts/424/v3/calls.json'), sha256: '1bf44f15afa109d248b4b1692473762ecfcbe3903c9cf9488697bf4721544bcd' },
    { file: 'specs/hubspot/v3/companies.json', url: hubspot('CRM/Companies/Rollouts/424/v3/companies.json'), sha256: '2b5afcbb2def04de0ebd728c512b1c40db7f9a1afbac555b5e88bf196872663e' },
    { file: 'specs/hubspot/v3/contacts.json', url: hubspot('CRM/Contacts/Rollouts/424/v3/contacts.json'), sha256: '40c68680daa2eba157cf4b1e0183f8c30db349f662efb138874d6505794d85a0' },
    { file: 'specs/hubspot/v3/deals.json', url: hubspot('CRM/Deals/Rollouts/424/v3/deals.json'), sha256: '33480fbc4010f376f9df7b21aabb78ba880b330faa6f6d03607c01c16c19bd7b' },
    { file: 'specs/hubspot/v3/emails.json', url: hubspot('CRM/Emails/Rollouts/424/v3/emails.json'), sha256: '4f8495368e161e90cbbc68ebd263d3b101f0addb7b3daa74a5fa0857e4f7f7b8' },
    { file: 'specs/hubspot/v3/files.json', url: hubspot('Files/Files/Rollouts/140950/v3/files.json'), sha256: '88325a5235785a74a934c92f58e7b552e1f4cc13cfefc55cccabe619ee3255b3' },
    { file: 'specs/hubspot/v3/leads.json', url: hubspot('CRM/Leads/Rollouts/424/v3/leads.json'), sha256: '2a8d409d7f40f7027bdcdc6b9afcb8298f5c4e653825d678c80ab4e1ea45a682' },
    { file: 'specs/hubspot/v3/meetings.json', url: hubspot('CRM/Meetings/Rollouts/424/v3/meetings.json'), sha256: '2e384a5024a18c41386e59af4d9a5c499cab39385fd643b492ad0315c44b78bc' },
    { file: 'specs/hubspot/v3/notes.json', url: hubspot('CRM/Notes/Rollouts/424/v3/notes.json'), sha256: '5e2d4134cc59cac1f35fc6608bfeaffa1441973d18b90b053aef2801798044b3' },
    { file: 'specs/hubspot/v3/owners.json', url: hubspot('CRM/Crm Owners/Rollouts/146888/v3/crmOwners.json'), sha256: 'ce1b5dd1fec2ea6071366c298e02ab9a7e4fa76f147fceabcb2e36ad599328bf' },
    { file: 'specs/hubspot/v3/pipelines.json', url: hubspot('CRM/Pipelines/Rollouts/145896/v3/pipelines.json'), sha256: 'c98b21f6dd5e38f52b79c3b822401addae4e00d4ca84415e1e2bf7a47d5bfba3' },
    { file: 'specs/hubspot/v3/properties.json', url: hubspot('CRM/Properties/Rollouts/145899/v3/properties.json'), sha256: '11328261780f117f3ed5d5e2bd054c9bbbb7e95bbc5abcba1c1e0b8cea3b39c4' },
    { file: 'specs/hubspot/v3/schemas.json', url: hubspot('CRM/Schemas/Rollouts/145900/v3/schemas.json'), sha256: '98c278e512be75982367780ca9c337c36834cb10758b50dcfea3ba505828680d' },
    { file: 'specs/hubspot/v3/tasks.json', url: hubspot('CRM/Tasks/Rollouts/424/v3/tasks.json'), sha256: '65df9a29d3dff0bc4a72de318e2260cd30dffbb8616d44dc8595d92e7f12fce3' },
    { file: 'specs/hubspot/v3/tickets.json', url: hubspot('CRM/Tickets/Rollouts/424/v3/tickets.json'), sha256: '5cf9ac37b1f285f41d6a6eabfdec521e0d1ed1e37537ae972f3f7165d3fa3c6d' },
    { file: 'specs/hubspot/v3/webhooks.json', url: hubspot('Webhooks/Webhooks/Rollouts/147891/v3/webhooks.json'), sha256: '1de03ff22d05a86a3c239447c2dc39026dd7b2313685d3c6acd9d55f3f74d501' },
    { file: 'specs/hubspot/v4/associations.json', url: hubspot('CRM/Associations/Rollouts/130902/v4/associations.json'), sha256: '894b95374cf6c9c3a256cbbcd5a4ca69ba80b8e68d50e881cdf67465526fbdca' },
  ],
  // Nor does this one's.
  jira: [
    { file: 'specs/jira/jira-cloud-v3-openapi.json', url: 'https://dac-static.atlassian.com/cloud/jira/platform/swagger-v3.v3.json', sha256: '1f0911c58a45c712ba748f6b2b71bad688a0d28283296e6d24c7b2cc0d304624' },
  ],
  personio: [
    { file: 'specs/personio/common-components-v2.json', url: personio('common-components-v2.json'), sha256: 'cb693f4c68adc214af14b26ef0830717559ea604fb2d04a13983bb11b4b8c3dc' },
    { file: 'specs/personio/personio-auth-api.yaml', url: personio('personio-auth-api.yaml'), sha256: 'ffc7718ba346a6186fdc55593244f8d3bf225b2dc857f5aca0173b399eef96f5' },
    { file: 'specs/personio/personio-personnel-data-api-oa3.yaml', url: personio('personio-personnel-data-api-oa3.yaml'), sha256: 'ee12b7ad9dac97855021681ecc4173707ad620ff7dcf1f4f0bb3a73eeb59b830' },
  ],
  redmine: [
    { file: 'specs/redmine/redmine-community-openapi.yaml', url: github('d-yoshi/redmine-openapi', '106517241a5194dd6f194d63cde31dd3d5c42e00', 'openapi.yaml'), sha256: 'db07d573ebd9dba0429ad0e2089995352d0df976366b567002855ff471729a42' },
  ],
}
