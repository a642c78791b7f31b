// A process that asks the vendor in the name of one account whenever it is told to, line by line.
import { flushCompileCache } from 'node:module'
import { createInterface } from 'node:readline'
import { Fault } from '#src/errors'
import { openHouseOf, type Place } from './consent-house.ts'
import { consentProvider } from './consent-vendor.ts'

const place = JSON.parse(process.argv[2]!) as Place
const house = openHouseOf(place, consentProvider(`http://127.0.0.1:${place.port}`))
// It will be killed, and whoever ends so leaves nothing for the next one to load faster.
flushCompileCache()
console.log('ready')
for await (const _line of createInterface({ input: process.stdin })) {
  try {
    console.log(String((await house.ask(place)).status))
  } catch (error) {
    console.log(error instanceof Fault ? error.code : String(error))
  }
}
