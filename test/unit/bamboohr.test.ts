import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AnyResource, Send } from '#kit'
import { Fault } from '#src/errors'
import { bamboohr } from '../../providers/bamboohr/index.ts'
import { positionsOf, type Histories } from '../../providers/bamboohr/positions.ts'
import { amountOf, currencyOf } from '../../providers/bamboohr/vendor.ts'
import { daysOf, months, years } from '../../providers/bamboohr/windows.ts'
import { openBench, walk, type Bench } from '../conformance/walk.ts'

// What is peculiar to BambooHR: histories that are laid over one another, and lists that are read by the calendar.

describe('the positions of an employee', () => {
  const positions = ({ jobInfo = [], employmentStatus = [], compensation = [] }: Partial<Histories>) =>
    positionsOf('7', { jobInfo: new Map([['7', jobInfo]]), employmentStatus: new Map([['7', employmentStatus]]), compensation: new Map([['7', compensation]]) })
      .map(({ from, job, status, pay }) => [from, job?.jobTitle ?? null, status?.employmentStatus ?? null, pay?.rate ?? null])

  it('begin on each day on which any of the tables changes, whatever order the rows come in', () => {
    expect(positions({
      jobInfo: [{ date: '2023-06-01', jobTitle: 'Lead' }, { date: '2019-03-04', jobTitle: 'Engineer' }],
      employmentStatus: [{ date: '2019-03-04', employmentStatus: 'Full-Time' }],
      compensation: [{ startDate: '2021-01-01', rate: '80 USD' }, { startDate: '2019-03-04', rate: '75 USD' }],
    })).toEqual([['2019-03-04', 'Engineer', 'Full-Time', '75 USD'], ['2021-01-01', 'Engineer', 'Full-Time', '80 USD'], ['2023-06-01', 'Lead', 'Full-Time', '80 USD']])
  })

  it('end with a termination, and begin again with a rehiring', () => {
    expect(positions({
      jobInfo: [{ date: '2019-03-04', jobTitle: 'Engineer' }],
      employmentStatus: [{ date: '2019-03-04', employmentStatus: 'Full-Time' }, { date: '2021-05-31', employmentStatus: 'Terminated' }, { date: '2023-02-01', employmentStatus: 'Contractor' }],
      compensation: [{ startDate: '2021-06-15', rate: '1 USD' }],
    })).toEqual([['2019-03-04', 'Engineer', 'Full-Time', null], ['2023-02-01', 'Engineer', 'Contractor', '1 USD']])
  })

  it('take the later entered of two rows of one day, and no row without a day', () => {
    expect(positions({ jobInfo: [{ id: '12', date: '2019-03-04', jobTitle: 'Corrected' }, { id: '9', date: '2019-03-04', jobTitle: 'Mistyped' }, { id: '13', date: '0000-00-00', jobTitle: 'Never' }] })).toEqual([['2019-03-04', 'Corrected', null, null]])
    expect(positions({})).toEqual([])
  })
})

it('a rate of pay is read in each of its three forms', () => {
  for (const [rate, amount, currency] of [['75000 USD', 75_000, 'USD'], ['56.00 GBP', 56, 'GBP'], ['27000.00', 27_000, null], [{ value: '98500.0000', currency: 'EUR' }, 98_500, 'EUR'], [null, null, null], ['', null, null]] as const) expect([amountOf(rate), currencyOf(rate)], JSON.stringify(rate)).toEqual([amount, currency])
})

describe('the calendar', () => {
  beforeEach(() => { vi.useFakeTimers() })
  afterEach(() => { vi.useRealTimers() })

  it.each(['2026-01-01T00:00:00Z', '2026-03-01T11:59:59Z', '2026-11-21T15:00:00Z', '2024-02-29T23:00:00Z', '2026-12-31T13:00:00Z'])('asks at %s for every day of the last 363, once, and for none that the vendor refuses anywhere', (now) => {
    vi.setSystemTime(new Date(now))
    const windows = months().map(({ month }) => daysOf(String(month)))
    const days = windows.flatMap(({ start, end }) => Array.from({ length: (Date.parse(end) - Date.parse(start)) / 86_400_000 + 1 }, (_, n) => new Date(Date.parse(start) + n * 86_400_000).toISOString().slice(0, 10)))
    expect(new Set(days).size).toBe(days.length)
    expect(days).toHaveLength(364)
    // From the first island where a day begins to the last one where it ends.
    for (const hours of [-12, 0, 14]) {
      const today = new Date(Date.parse(now) + hours * 3_600_000).toISOString().slice(0, 10)
      expect([days.every((day) => day <= today), days.every((day) => Date.parse(today) - Date.parse(day) <= 365 * 86_400_000)], String(hours)).toEqual([true, true])
    }
  })

  it('asks for time off of all times, without a gap', () => {
    vi.setSystemTime(new Date('2026-11-21T15:00:00Z'))
    const windows = years().map(({ start, end }) => [String(start), String(end)] as const).toSorted()
    expect([windows[0]![0], windows.at(-1)![1]]).toEqual(['1970-01-01', '2099-12-31'])
    for (const [n, [, end]] of windows.slice(0, -1).entries()) expect(Date.parse(windows[n + 1]![0]) - Date.parse(end)).toBe(86_400_000)
  })
})

describe('a key whose access level does not show everything', () => {
  let bench: Bench
  beforeAll(async () => { bench = await openBench(bamboohr, 40) })
  afterAll(() => bench.close())

  const resourceOf = (model: string): AnyResource => bamboohr.resources.find(({ model: { name } }) => name === model)!
  /** What is read of a model where these addresses are forbidden: remote ids with the fields asked for. */
  async function readWithout(forbidden: RegExp, model: string, field: string): Promise<ReadonlyMap<string | null, unknown>> {
    const resource = resourceOf(model)
    const send: Send = (request) => (forbidden.test(request.path) ? Promise.reject(new Fault('upstream.forbidden')) : bench.send(request))
    const { rows } = await walk(resource, send, { setup: bench.setup })
    return new Map(rows.map((row) => [resource.identity.remoteId(row), (resource.fields[field] as (of: unknown, context: object) => unknown)(row, { baseUrl: bench.baseUrl, setup: bench.setup })]))
  }
  const nothing = /(?!)/

  it('does not see the employees that it hides, and sees all others', async () => {
    const [all, some] = [await readWithout(nothing, 'Employee', 'last_name'), await readWithout(/^\/employees\/3$/, 'Employee', 'last_name')]
    expect([...all.keys()].filter((id) => !some.has(id))).toEqual(['3'])
  })

  it('sees positions without their pay, and employees without positions', async () => {
    const [paid, unpaid] = [await readWithout(nothing, 'Employment', 'job_title'), await readWithout(/compensation$/, 'Employment', 'pay_rate')]
    expect(unpaid.size).toBeGreaterThan(0)
    expect(unpaid.size).toBeLessThan(paid.size)
    expect([...new Set(unpaid.values())]).toEqual([null])
    expect([...(await readWithout(/tables/, 'Employee', 'employments')).values()].flat()).toEqual([])
  })

  it('sees homes of employees without those of dependents, time off without who decided, and plans without their codes', async () => {
    const homes = [...(await readWithout(/dependents$/, 'Location', 'name')).keys()]
    expect([homes.some((id) => id!.startsWith('home-dependent-')), homes.some((id) => /^home-\d+$/.test(id!))]).toEqual([false, true])
    expect([...(await readWithout(nothing, 'TimeOff', 'approver')).values()].some((approver) => approver !== null)).toBe(true)
    expect([...new Set((await readWithout(/users$/, 'TimeOff', 'approver')).values())]).toEqual([null])
    expect([...new Set((await readWithout(/deduction_types/, 'EmployerBenefit', 'deduction_code')).values())]).toEqual([null])
  })

  it('is told that it may not see a list, and not that the list is empty', async () => {
    for (const [model, path] of [['Dependent', /dependents$/], ['TimeOff', /requests$/], ['Benefit', /employee_benefit$/], ['Group', /lists$/]] as const) await expect(readWithout(path, model, Object.keys(resourceOf(model).fields)[0]!), model).rejects.toMatchObject({ code: 'upstream.forbidden' })
  })
})
