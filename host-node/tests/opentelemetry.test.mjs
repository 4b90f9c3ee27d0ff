// Events as metrics, read back from the real SDK.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider } from '@opentelemetry/sdk-metrics'
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { otelListener } from '../build/opentelemetry.js'
import { setUp } from './support/keyring.mjs'
import { jwks, makeKey } from './support/tokens.mjs'

/** A listener, and what its meter has counted: by name, a list of attributes and values. */
function measure(t) {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e8 })
  const provider = new MeterProvider({ readers: [reader] })
  t.after(() => provider.shutdown())
  const read = async () => {
    exporter.reset()
    await reader.forceFlush()
    const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
    return Object.fromEntries(
      metrics.map(({ descriptor, dataPoints }) => [descriptor.name, { descriptor, dataPoints }]),
    )
  }
  return { onEvent: otelListener({ meter: provider.getMeter('test') }), read }
}

const points = ({ dataPoints }) => dataPoints.map(({ attributes, value }) => [attributes, value.count ?? value])

test('checks, fetches, rotations and unknown keys are counted and timed', async (t) => {
  const { key, issuer, time, make, token, tokenOf } = await setUp(t)
  const { onEvent, read } = measure(t)
  const verifier = make({ onEvent })
  await verifier.check(token)
  await verifier.check(token)
  await verifier.check(tokenOf(key, { aud: 'other' }))
  issuer.keys = jwks(makeKey('k2'))
  time.now += 60
  await verifier.check(tokenOf(key, {}, { kid: 'other' }))
  issuer.answer = (_, __, response) => response.writeHead(503).end()
  time.now += 1300
  await verifier.check(token)
  const seen = await read()
  const url = issuer.url
  assert.deepEqual(points(seen['authn.verify']), [
    [{ outcome: 'accepted', algorithm: 'ES256' }, 2],
    [{ outcome: 'rejected', code: 'INVALID_AUDIENCE' }, 1],
    [{ outcome: 'rejected', code: 'UNKNOWN_KEY' }, 1],
    [{ outcome: 'unavailable', code: 'JWKS_UNAVAILABLE' }, 1],
  ])
  assert.deepEqual(points(seen['authn.verify.duration']), [
    [{ outcome: 'accepted' }, 2],
    [{ outcome: 'rejected' }, 2],
    [{ outcome: 'unavailable' }, 1],
  ])
  assert.deepEqual(points(seen['authn.keys.fetch']), [
    [{ issuer: url, document: 'key_set', outcome: 'ok' }, 2],
    [{ issuer: url, document: 'key_set', outcome: 'failed', reason: 'http_503' }, 1],
  ])
  assert.deepEqual(points(seen['authn.keys.fetch.duration']), [
    [{ issuer: url, document: 'key_set', outcome: 'ok' }, 2],
    [{ issuer: url, document: 'key_set', outcome: 'failed' }, 1],
  ])
  assert.deepEqual(points(seen['authn.keys.rotated']), [[{ issuer: url }, 1]])
  assert.deepEqual(points(seen['authn.unknown_kid']), [
    [{ issuer: url, outcome: 'fetching' }, 1],
    [{ issuer: url, outcome: 'refused' }, 1],
    [{ issuer: url, outcome: 'unavailable' }, 1],
  ])
  for (const name of ['authn.verify.duration', 'authn.keys.fetch.duration']) {
    assert.equal(seen[name].descriptor.unit, 's')
    assert.ok(seen[name].dataPoints.every(({ value }) => value.sum >= 0 && value.sum < 60))
    assert.ok(seen[name].dataPoints[0].value.buckets.boundaries.includes(0.001))
  }
})

test('no attribute holds a token, a subject or a key id', async (t) => {
  const { key, issuer, time, make, tokenOf } = await setUp(t)
  const { onEvent, read } = measure(t)
  issuer.keys = jwks({ jwk: { ...key.jwk, kid: 'MARK-kid' } })
  const verifier = make({ onEvent })
  const marks = { sub: 'MARK-sub', email: 'MARK-mail', jti: 'MARK-jti', azp: 'MARK-azp' }
  const tokens = [
    tokenOf(key, marks, { kid: 'MARK-kid' }),
    tokenOf(key, marks, { kid: 'MARK-other' }),
    tokenOf(key, { ...marks, aud: 'MARK-aud' }, { kid: 'MARK-kid' }),
    tokenOf(key, marks, { alg: 'MARK-alg', kid: 'MARK-kid' }),
    'MARK.MARK.MARK',
  ]
  for (const token of [...tokens, ...tokens]) {
    await verifier.check(token)
    time.now += 35
  }
  const seen = await read()
  assert.ok(points(seen['authn.verify']).length >= 4)
  const text = JSON.stringify(
    Object.values(seen).flatMap(({ dataPoints }) => dataPoints.map(({ attributes }) => attributes)),
  )
  assert.doesNotMatch(text, /MARK/)
  for (const token of tokens.slice(0, 4)) assert.ok(!text.includes(token.split('.')[1]))
})
