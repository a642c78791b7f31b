/** What the people of the sandbox's company are called and what they write. */

export const firstNames = ['Amara', 'Björn', 'Chidi', 'Dalia', 'Emre', 'Frédérique', 'Giulia', 'Hana', 'Íñigo', 'Jörg', 'Kateřina', 'Łukasz', 'Mei', 'Noor', 'Olena', 'Priya', 'Quentin', 'Rafael', 'Siobhán', 'Tomáš', 'Uchenna', 'Valdís', 'Wei', 'Xochitl', 'Yūki', 'Zoë']
export const lastNames = ['Adeyemi', 'Bianchi', 'Çelik', 'D\'Souza', 'Eriksen', 'Fernández', 'García-López', 'Haddad', 'Ivanova', 'Jansen', 'Kowalski', 'Lindqvist', 'Müller', 'Nguyễn', 'O\'Neil', 'Petrov', 'Qureshi', 'Rossi', 'Şahin', 'Tanaka', 'Ueda', 'van der Berg', 'Wójcik', '山田', 'Yılmaz', 'Žižek']
export const projectNames = ['Customer Portal', 'Mobile App', 'Billing', 'Data Platform', 'Warehouse Robotics', 'Internal Tools', 'Website Relaunch', 'Infrastructure', 'Support Desk', 'Partner API', 'Compliance', 'Logistik Süd']
export const groupNames = ['Support', 'Developers', 'Quality Assurance', 'Betrieb', 'Field Engineers']
export const categoryNames = ['Backend', 'Frontend', 'Payments', 'Onboarding', 'Reporting', 'Übersetzung']

const things = ['invoice export', 'login page', 'push notification', 'CSV import', 'password reset', 'search index', 'monthly report', 'address form', 'webhook receiver', 'shopping cart', 'Größentabelle', '日本語の検索']
const troubles = ['fails for large accounts', 'shows the wrong time zone', 'is slow after the update', 'loses the last character', 'sends every message twice', 'rejects names with "quotes" & <brackets>', 'should remember the filter', 'needs an audit trail', 'crashes on emoji 🎫', 'is not translated']
const remarks = ['Reproduced on staging, see the trace below.', 'Waiting for the customer to confirm.', 'Fixed in the last build; please try again. 🙏', 'This looks like a duplicate of an older report.', 'Moved to the next version: we agreed on it on Monday.', 'Können wir das bis Freitag schaffen?', 'Steps:\r\n\r\n# open the page\r\n# press *save* twice\r\n', 'お客様から返信がありました。']
const openings = ['A customer called this morning.', 'Seen in production since the last deployment.', 'Raised at the weekly review.', 'Following up on an e-mail.']

const at = <T>(list: readonly T[], index: number): T => list[index % list.length]!

/** A number from two others, the same for ever, and without visible order. */
export function mix(seed: number, salt: number): number {
  let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 0x7f4a7c15, 0xc2b2ae35)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return (hash ^ (hash >>> 15)) >>> 0
}

export const subject = (seed: number): string => `${at(things, mix(seed, 1)).replace(/^./u, (letter) => letter.toUpperCase())} ${at(troubles, mix(seed, 2))}`
export const description = (seed: number): string => `${at(openings, mix(seed, 3))}\r\n\r\n* what: ${at(things, mix(seed, 1))}\r\n* since: build ${1000 + (mix(seed, 4) % 900)}\r\n\r\n${at(remarks, mix(seed, 5))}`
export const remark = (seed: number): string => at(remarks, mix(seed, 6))
