import { defineWrite } from '#kit'
import { Opportunity } from '#models/crm/opportunity'
import { create, creates, dayOf, update, updates, type Input } from './common.ts'

/** Whether a deal is won or lost is the stage's to say. */
const opportunity = ['name', 'description', 'amount', 'owner', 'account', 'stage', 'close_date'] as const
const fields = (input: Input<(typeof opportunity)[number]>) => ({
  Name: input.name, Description: input.description, Amount: input.amount, OwnerId: input.owner, AccountId: input.account, StageName: input.stage, CloseDate: dayOf(input.close_date),
})

export const dealWrites = [
  defineWrite(Opportunity)({ ...creates, accepts: opportunity, requires: ['name', 'stage', 'close_date'], ask: (input, context) => create('Opportunity', fields(input), context) }),
  defineWrite(Opportunity)({ ...updates, accepts: opportunity, ask: (input, context) => update('Opportunity', fields(input), context) }),
]
