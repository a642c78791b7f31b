import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { settings } from '#src/config'

interface Locked { readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>> }
const locked = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as Locked

/** Clients of what else a service may lean on: other stores, caches, brokers, search. */
const OTHERS = /(?:^|[@/-])(?:i?o?redis|valkey|memcached|memjs|kafka(?:js)?|rdkafka|amqp(?:lib)?|rabbitmq|nats|mqtt|stomp|zookeeper|etcd\d?|consul|mongo(?:db|ose)?|mysql\d?|mariadb|cassandra|dynamodb|elasticsearch|opensearch|sqs|pubsub|bullmq?|temporal)(?:[/-]|$)/i

test('F78 Postgres is all that it leans on: no package that runs in production is a client of anything else', () => {
  const shipped = Object.entries(locked.packages).filter(([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true).map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length))
  expect(shipped).toContain('pg')
  expect(shipped.filter((name) => OTHERS.test(name))).toEqual([])
  for (const name of ['ioredis', 'redis', '@redis/client', 'kafkajs', 'amqplib', 'mongodb', '@aws-sdk/client-sqs', '@elastic/elasticsearch', 'bullmq']) expect(OTHERS.test(name), name).toBe(true)
})

test('F78 and no setting names another server', () => {
  expect(settings.map(({ name }) => name).filter((name) => /URL|HOST|SERVER|ENDPOINT|BROKER|DSN/.test(name))).toEqual(['HOST', 'DATABASE_URL', 'INTERMODAL_ALLOW_PRIVATE_HOSTS'])
})
