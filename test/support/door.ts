/** A vendor that nobody knows, and a door that leads to it. */
import { randomUUID } from 'node:crypto'
import type { AnyProvider } from '#kit'
import type { DoorAccount } from '#src/upstream/door'

export function provider(overrides: Partial<AnyProvider> = {}): AnyProvider {
  return {
    slug: 'acme', name: 'Acme', categories: ['ticketing'], docs: 'https://acme.example/docs',
    setup: { base_url: { label: 'Address', pattern: /.+/, maxLength: 200 } },
    baseUrl: (setup) => setup['base_url']!,
    auth: { kind: 'api_key', fields: { key: { label: 'Key', pattern: /.+/, maxLength: 200 } }, headers: (credentials) => ({ 'x-acme-key': credentials['key']! }) },
    whoami: { path: '/me', identity: () => 'me', ask: 'at_link' },
    limits: { concurrency: 8, requests: { count: 10_000, perSeconds: 1 } },
    errors: [], secretKeys: [], resources: [],
    sandbox: () => Promise.reject(new Error('has no box')),
    ...overrides,
  }
}

export const KEY = 'canary-live-key-0123456789'

export function account(baseUrl: string, overrides: Partial<DoorAccount> = {}): DoorAccount {
  return { id: randomUUID(), organizationId: randomUUID(), provider: provider(), setup: { base_url: baseUrl }, credentials: async () => ({ key: KEY }), ...overrides }
}
