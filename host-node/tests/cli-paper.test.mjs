// How the command line looks: colour, alignment, moments, and members of JSON as they stand.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { date, moment } from '../build/cli/moment.js'
import { rows, safe, shown, table, wrap } from '../build/cli/paper.js'
import { membersOf } from '../build/cli/raw.js'
import { run } from './support/cli.mjs'

const paper = { colour: false, now: 0 }
const MARKED = /\u001b\[/

test('colour is for terminals, and can be switched off', async () => {
  const inspect = (tty, env, ...more) => run(['inspect', 'a.b', ...more], { tty, env })
  assert.match((await inspect(true, {})).stdout, MARKED)
  assert.match((await inspect(true, { NO_COLOR: '' })).stdout, MARKED)
  assert.doesNotMatch((await inspect(false, {})).stdout, MARKED)
  assert.doesNotMatch((await inspect(true, { NO_COLOR: '1' })).stdout, MARKED)
  assert.doesNotMatch((await inspect(true, { TERM: 'dumb' })).stdout, MARKED)
  assert.doesNotMatch((await inspect(true, {}, '--no-color')).stdout, MARKED)
  assert.doesNotMatch((await inspect(true, {}, '--json')).stdout, MARKED)
})

test('colour changes nothing but colour', async () => {
  const plain = await run(['inspect', 'a.b'])
  const { stdout } = await run(['inspect', 'a.b'], { tty: true })
  assert.equal(stdout.replace(/\u001b\[[0-9;]*m/g, ''), plain.stdout)
})

test('rows are aligned and wrapped', () => {
  const text = rows(
    paper,
    [
      ['a', 'x'],
      ['left out', undefined],
      ['long', 'word '.repeat(20)],
    ],
    2,
  )
  assert.equal(text, `  a     x\n  long  ${'word '.repeat(14).trim()}\n        ${'word '.repeat(6).trim()}\n`)
  for (const line of text.split('\n')) assert.ok(line.length <= 80)
  assert.equal(
    table(paper, [
      ['app', 'id'],
      ['longer', 'x'],
      ['y', ''],
    ]),
    'app     id\nlonger  x\ny\n',
  )
})

test('a long word stays whole', () => {
  assert.deepEqual(wrap(`a ${'x'.repeat(100)} b`, 10), ['a', 'x'.repeat(100), 'b'])
  assert.deepEqual(wrap('', 10), [''])
})

test('a long word is broken where a token is looked at, and nothing of it is lost', async () => {
  const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const long = 'abcdefghij'.repeat(30)
  const claims = { long, text: `short ${long}`, ['n'.repeat(100)]: 'x'.repeat(45), exp: 1e300 }
  const { stdout } = await run(['inspect', `${encoded({ alg: 'RS256' })}.${encoded(claims)}.AAAA`])
  assert.ok(stdout.replace(/\n +/g, '').includes(long), stdout)
  const plain = await run(['inspect', `${encoded({ alg: 'RS256' })}.${encoded({ long, exp: 1e300 })}.AAAA`])
  for (const line of plain.stdout.split('\n')) assert.ok([...line].length <= 80, line)
  assert.match(plain.stdout, /^ {2}exp +1e\+300$/m)
})

test('what is far too long is told with its own size', async () => {
  const { stdout } = await run(['inspect', '-'], { stdin: 'x'.repeat(600_000) })
  assert.match(stdout, /^size +600000 bytes, of which 524288 were looked at$/m)
})

test('values are shown bare, and never obeyed', () => {
  const cases = [
    ['x', 'x'],
    ['', '""'],
    [['a', 'b'], 'a, b'],
    [[], '[]'],
    [[1, 'a'], '[1,"a"]'],
    [null, 'null'],
    [{ a: 'b\u001b' }, '{"a":"b\\u001b"}'],
    ['a\nb\u0007', 'a\\u{a}b\\u{7}'],
    ['ü😀', 'ü😀'],
    ['\ud800', '\\u{d800}'],
  ]
  for (const [value, text] of cases) assert.equal(shown(value), text)
  assert.equal(safe('\u200bx\u2028'), '\\u{200b}x\\u{2028}')
})

test('moments say how far away they are', () => {
  const cases = [
    [1_700_000_000, '2023-11-14T22:13:20Z, now'],
    [1_700_000_000.9, '2023-11-14T22:13:20Z, now'],
    [1_700_000_119, '2023-11-14T22:15:19Z, in 119 s'],
    [1_700_000_120, '2023-11-14T22:15:20Z, in 2 min'],
    [1_700_007_200, '2023-11-15T00:13:20Z, in 2 h'],
    [1_699_827_200, '2023-11-12T22:13:20Z, 2 d ago'],
    [0, '1970-01-01T00:00:00Z, 53 y ago'],
    [1e12, '1000000000000'],
    [-5, '-5'],
  ]
  for (const [seconds, text] of cases) assert.equal(moment(seconds, 1_700_000_000), text)
  assert.equal(date(1_700_000_000.5), '2023-11-14T22:13:20Z')
})

test('members of JSON keep their bytes', () => {
  const text = '{"a":1.0,"b":{"c":"}\\"],","d":[1,{"e":2}]},"f\\u0067":"x","h":[]}'
  assert.deepEqual(
    [...membersOf(text)],
    [
      ['a', '1.0'],
      ['b', '{"c":"}\\"],","d":[1,{"e":2}]}'],
      ['fg', '"x"'],
      ['h', '[]'],
    ],
  )
  assert.deepEqual([...membersOf('{}')], [])
})
