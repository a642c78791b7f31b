// A process that asks the vendor in the name of one account whenever it is told to, line by line.
import { createInterface } from 'node:readline'
import { Fault } from '#src/errors'
import { openHouseOf, type Place } from './consent-house.ts'
import { consentProvider } from './consent-vendor.ts'

const place = JSON.parse(process.argv[2]!) as Place
const house = openHouseOf(place, consentProvider(`http://127.0.0.1:${place.port}`))
console.log('ready')
for await (const _line of createInterface({ input: process.stdin })) {
  try {
    console.log(String((await house.ask(place)).status))
  } catch (error) {
    console.log(error instanceof Fault ? error.code : String(error))
  }
}
