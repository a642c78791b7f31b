import { defineWrite } from '#kit'
import { CustomObject } from '#models/crm/custom-object'
import { create, creates } from './common.ts'

export const classWrites = [
  // A record is made under the name of its class; its fields are the customer's own, as they are read.
  defineWrite(CustomObject)({ ...creates, accepts: ['object_class', 'fields'], requires: ['object_class', 'fields'], ask: ({ object_class: name, fields }, context) => create(encodeURIComponent(name ?? ''), fields ?? {}, context) }),
]
