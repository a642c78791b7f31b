import { budgetMutants } from './budget.ts'
import { credentialMutants } from './credentials.ts'
import { feedMutants } from './feed.ts'
import { kitMutants } from './kit.ts'
import { providerMutants } from './providers.ts'
import { retentionMutants } from './retention.ts'
import { scheduleMutants } from './schedule.ts'
import { securityMutants } from './security.ts'
import { syncMutants } from './sync.ts'
import { valueMutants } from './values.ts'
import type { Mutant } from './mutant.ts'

export type { Mutant }

/** Every known mistake. A row's tests count for something only while they catch theirs. */
export const mutants: readonly Mutant[] = [...syncMutants, ...scheduleMutants, ...feedMutants, ...retentionMutants, ...credentialMutants, ...budgetMutants, ...securityMutants, ...kitMutants, ...providerMutants, ...valueMutants]
