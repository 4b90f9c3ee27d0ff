// The small parts without a verifier: header values and the digest.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { maxAgeLeft, retryAfterSeconds } from '../build/freshness.js'
import { sha256 } from '../build/sha256.js'

test('the digest is SHA-256, at every length around a block', () => {
  for (const length of [0, 1, 3, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 70_001]) {
    const bytes = randomBytes(length)
    assert.equal(sha256(bytes), createHash('sha256').update(bytes).digest('hex'), String(length))
  }
})

test('max-age is read from Cache-Control, less Age', () => {
  const cases = [
    [null, null, -1],
    ['', null, -1],
    ['no-store', null, 0],
    ['max-age=600, no-cache', null, 0],
    ['No-Cache,max-age=600', '5', 0],
    ['no-cache="set-cookie", max-age=60', null, 60],
    ['x-no-store, max-age=60', null, 60],
    ['max-age=60', null, 60],
    ['public, MAX-AGE=60, must-revalidate', '10', 50],
    ['max-age="60"', '70', 0],
    ['s-maxage=60', null, -1],
    ['max-age=-5', null, -1],
    ['max-age=5.5', null, -1],
    ['max-age=60', '-5', 60],
    ['max-age=60', 'x', 60],
    [`max-age=${'9'.repeat(400)}`, null, 2 ** 31],
  ]
  for (const [cacheControl, age, left] of cases) assert.equal(maxAgeLeft(cacheControl, age), left, cacheControl)
})

test('Retry-After is seconds or a date', () => {
  const now = 1_700_000_000
  const date = (seconds) => new Date((now + seconds) * 1000).toUTCString()
  const cases = [
    [null, -1],
    ['', -1],
    ['0', 0],
    [' 120 ', 120],
    ['-5', -1],
    ['1.5', -1],
    ['soon', -1],
    [date(30), 30],
    [date(-30), 0],
    ['9'.repeat(400), 2 ** 31],
  ]
  for (const [retryAfter, seconds] of cases)
    assert.equal(retryAfterSeconds({ retryAfter, date: null }, now), seconds, String(retryAfter))
})

test('a date in Retry-After is counted from the clock that it was taken from', () => {
  const date = (seconds) => new Date((1_700_000_000 + seconds) * 1000).toUTCString()
  const told = { retryAfter: date(3630), date: date(3600) }
  assert.equal(retryAfterSeconds(told, 1_700_000_000), 30)
  assert.equal(retryAfterSeconds({ ...told, date: 'today' }, 1_700_000_000), 3630)
})
