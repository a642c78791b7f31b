import type { OAuth } from '#kit'

/**
 * Scopes are those that the published contract names for each path that is asked. `public.user` acts with the rights of whoever consents.
 * Nothing is said of PKCE. https://documentation.bamboohr.com/docs/getting-started
 */
export const oauth: OAuth<{ readonly subdomain: { readonly label: string; readonly pattern: RegExp; readonly maxLength: number } }> = {
  docs: 'https://documentation.bamboohr.com/docs/getting-started',
  authorizeUrl: ({ subdomain }) => `https://${subdomain}.bamboohr.com/authorize.php?request=authorize`,
  tokenUrl: ({ subdomain }) => `https://${subdomain}.bamboohr.com/token.php?request=token`,
  scopes: {
    'offline_access': 'always',
    'public.user': 'always',
    'company:info': 'always',
    'employee': ['hris.Employee', 'hris.Employment', 'hris.Location'],
    'employee:name': ['hris.Employee'],
    'employee:contact': ['hris.Employee', 'hris.Location'],
    'employee:job': ['hris.Employee', 'hris.Employment'],
    'employee:compensation': ['hris.Employment'],
    'employee:demographic': ['hris.Employee'],
    'employee:photo': ['hris.Employee'],
    'employee:custom_fields': ['hris.Employee'],
    'sensitive_employee:protected_info': ['hris.Employee'],
    'sensitive_employee:address': ['hris.Employee', 'hris.Location'],
    'employee:dependent': ['hris.Dependent', 'hris.Location'],
    'employee:dependent:ssn': ['hris.Dependent'],
    'field': ['hris.Employee', 'hris.Group', 'hris.Team', 'hris.PayGroup', 'hris.Location'],
    'user': ['hris.TimeOff'],
    'time_off': ['hris.TimeOff', 'hris.TimeOffBalance'],
    'time_tracking': ['hris.TimesheetEntry'],
    'benefit': ['hris.Benefit', 'hris.EmployerBenefit'],
    'webhooks': ['hris.Employee'],
    'employee.write': ['hris.Employee'],
    'time_off.write': ['hris.TimeOff'],
    'time_tracking.write': ['hris.TimesheetEntry'],
    'employee:dependent.write': ['hris.Dependent'],
    'employee:dependent:ssn.write': ['hris.Dependent'],
  },
  scopeSeparator: ' ',
  pkce: 'none',
  clientAuth: 'body',
  tokenBody: 'form',
  refresh: 'reusable',
  headers: (token) => ({ authorization: `Bearer ${token}` }),
}
