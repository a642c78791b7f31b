import type { AnyProvider } from '#kit'
import { providers } from '#providers'
import { inventedCrm } from '../support/invented-crm.ts'

/** All providers, and one of nobody's that has what few of them have. */
export const everyProvider: readonly (readonly [string, AnyProvider])[] = [...providers, inventedCrm].map((provider: AnyProvider) => [provider.slug, provider])
