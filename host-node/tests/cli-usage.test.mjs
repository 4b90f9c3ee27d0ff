// How the command line is called: tokens, options, and the one line that says what is wrong.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { run } from './support/cli.mjs'
import { AUDIENCE, ISSUER, jwks, makeKey, mint } from './support/tokens.mjs'

const key = makeKey('k1')
const token = mint(key)
const files = {
  'keys.json': JSON.stringify(jwks(key)),
  token: `${token}\n`,
  'bad.json': '{',
  'one.json': '{"issuers":5}',
}
const policy = ['--issuer', ISSUER, '--audience', AUDIENCE, '--keys', 'keys.json']
const family = ['--contract', 'family', '--app', 'fuzekeys', '--environment', 'production']

const TOKENS = {
  'as argument': [[token], {}],
  'after --': [['--', token], {}],
  'with its scheme': [[`Bearer ${token}`], {}],
  'with its scheme, in small letters': [[`  bearer   ${token}\r\n`], {}],
  'in a file': [['--token-file', 'token'], {}],
  'in the environment': [[], { env: { AUTHN_TOKEN: token } }],
  'in the environment, before standard input': [[], { env: { AUTHN_TOKEN: token }, stdin: 'x' }],
  'on standard input, by name': [['-'], { stdin: `Bearer ${token}\n`, env: { AUTHN_TOKEN: 'x' } }],
  'on standard input': [[], { stdin: token }],
}

for (const [name, [argv, io]] of Object.entries(TOKENS)) {
  test(`a token may stand ${name}`, async () => {
    const { code, stderr } = await run(['verify', ...policy, ...argv], { files, ...io })
    assert.equal(stderr, '')
    assert.equal(code, 0)
  })
}

test('an empty token is no usage error', async () => {
  const { code, stdout } = await run(['verify', ...policy, '-'], { files, stdin: '\n' })
  assert.equal(code, 1)
  assert.match(stdout, /^REJECTED {2}NO_TOKEN/)
})

// Command line → what the line on standard error says.
const MISTAKES = [
  [[], /^a command is missing; give one of verify, /],
  [['verfy'], /^`verfy` is no command; give one of verify, /],
  [['eyJhbGciOiJIUzI1NiJ9.e30.x'], /^the first argument is no command; give one of verify, /],
  [['verify', ...policy], /^a token is missing; give it as argument, /],
  [['verify', 'x'], /^a policy is missing; give --issuer and --audience, /],
  [['verify', 'x', 'y', ...policy], /^verify takes one argument/],
  [['verify', 'x', ...policy, '--token-file', 'token'], /^--token-file and a token as argument are both given/],
  [['verify', ...policy, '--token-file', 'none'], /^--token-file: cannot read `none`: ENOENT$/],
  [['verify', 'x', '--audience', 'y'], /^--issuer is missing; give /],
  [['verify', 'x', '--issuer', ISSUER], /^--audience is missing; give /],
  [['verify', 'x', '--issuer'], /^--issuer needs a value/],
  [['verify', 'x', '--issuer='], /^--issuer needs a value/],
  [['verify', 'x', '--isuer', 'y'], /^--isuer is no option; see `authn --help`$/],
  [['verify', 'x', ...policy, '--json=1'], /^--json takes no value/],
  [['verify', 'x', ...policy, '--values'], /^--values is not for verify; it is for explain$/],
  [['verify', 'x', ...policy, '--leeway', '1', '--leeway', '2'], /^--leeway is given twice/],
  [['verify', 'x', ...policy, '--leeway', 'soon'], /^--leeway is not a whole number of seconds$/],
  [['verify', 'x', ...policy, '--leeway', '301'], /^--leeway .*300/],
  [['verify', 'x', ...policy, '--algorithms', 'none'], /^--algorithms /],
  [['verify', 'x', ...policy, '--now', '-1'], /^--now is not a whole number of seconds$/],
  [['verify', 'x', ...policy, '--app', 'y'], /^--app needs --contract$/],
  [['verify', 'x', ...policy, '--policy', 'one.json'], /^--issuer cannot stand beside --policy/],
  [['verify', 'x', '--policy', 'one.json'], /^--policy: `\/issuers` /],
  [['verify', 'x', '--policy', 'bad.json'], /^--policy: /],
  [['verify', 'x', '--issuer', ISSUER, '--audience', 'y', '--keys', 'bad.json'], /^--keys: `bad.json` is not JSON$/],
  [['verify', 'x', ...family, '--issuer', ISSUER], /^--issuer cannot stand beside --contract/],
  [['verify', 'x', ...family.slice(0, 2)], /^--app is missing; give /],
  [['verify', 'x', ...family.slice(0, 4)], /^--environment is missing; known are production, local$/],
  [['verify', 'x', ...family, '--leeway', '301'], /^--leeway .*300/],
  [['verify', 'x', '--contract', 'one.json', '--app', 'y'], /^--contract: /],
  [['inspect', 'x', '--issuer', 'y'], /^--issuer is not for inspect; it is for verify, explain, doctor$/],
  [['doctor'], /^nothing to look at; give /],
  [['contract'], /^contract needs `check`/],
  [['contract', 'check', 'none.json'], /^contract check: cannot read `none.json`: ENOENT$/],
  [['contract', 'check', '--environment', 'local'], /^--environment needs --app$/],
  [['digest', 'x'], /^digest takes no argument/],
]

for (const [argv, said] of MISTAKES) {
  test(`usage: ${argv.join(' ').slice(0, 70)}`, async () => {
    const { code, stdout, stderr } = await run(argv, { files })
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /^authn: [^\n]+\n$/)
    assert.match(stderr.slice('authn: '.length, -1), said)
  })
}

test('a slip before a token does not print it', async () => {
  const { code, stderr } = await run(['verify', ...policy, `-${token}`], { files })
  assert.equal(code, 2)
  assert.equal(stderr.includes(token.slice(0, 20)), false)
})

test('a refused policy is JSON too, where JSON was asked for', async () => {
  const { code, stdout } = await run(['verify', 'x', ...policy, '--leeway', '301', '--json'], { files })
  assert.equal(code, 2)
  assert.equal(JSON.parse(stdout).error.path, '/issuers/0/leeway')
})

test('help and version', async () => {
  for (const argv of [['--help'], ['-h'], ['verify', '--help'], ['--nonsense', '--help']]) {
    const { code, stdout } = await run(argv)
    assert.equal(code, 0)
    assert.match(stdout, /^authn: .*\n\nUsage: /)
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line)
  }
  assert.match((await run(['--version'])).stdout, /^fuzefront-authn \d+\.\d+\.\d+ \(ABI 1\.\d+\)\n$/)
})

test('help and docs/cli.md name the same options', async () => {
  const text = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8')
  const documented = [...text.matchAll(/^\| (`--.*?) \|/gm)].flatMap(([, cell]) => cell.match(/--[a-z-]+/g))
  const { stdout } = await run(['--help'])
  assert.deepEqual(
    documented.sort(),
    [
      ...new Set(
        stdout
          .match(/^ {2}--.*$/gm)
          .join()
          .match(/--[a-z-]+/g),
      ),
    ].sort(),
  )
})

// The signature alone is looked for: no part of the token that could be used may come out.
const MISPLACED = {
  '--token-file': [
    ['verify', ...policy],
    /^the value of --token-file looks like a token, not a file; give the token as/,
  ],
  '--keys': [
    ['verify', 'x', '--issuer', ISSUER, '--audience', AUDIENCE],
    /^the value of --keys looks like a token, not a/,
  ],
  '--policy': [['verify', 'x'], /^the value of --policy looks like a token, not a file; give the name of a file$/],
  '--contract': [['verify', 'x', '--app', 'a'], /^the value of --contract looks like a token, not a file/],
  '--discovery': [['doctor'], /^the value of --discovery looks like a token, not a file/],
  '--key-set': [['doctor'], /^the value of --key-set looks like a token, not a file/],
  '--page': [['doctor', '--offline'], /^the value of --page looks like a token; see /],
  '--issuer': [['verify', 'x', '--audience', AUDIENCE], /^the value of --issuer looks like a token; see /],
  '--audience': [['verify', 'x', '--issuer', ISSUER], /^the value of --audience looks like a token; see /],
  check: [['contract'], /^the argument of contract check looks like a token, not a file; give the name of a file$/],
}

for (const [option, [argv, said]] of Object.entries(MISPLACED)) {
  test(`a token given to ${option} is not printed`, async () => {
    const { code, stdout, stderr } = await run([...argv, option, token], { files })
    assert.equal(code, 2)
    assert.match(stderr.replace(/^authn: /, '').trimEnd(), said)
    for (const part of token.split('.')) assert.ok(!`${stdout}${stderr}`.includes(part), stderr)
  })
}

test('a long value that is no file is not printed, a name with dots is', async () => {
  const secret = 'x'.repeat(201)
  const long = await run(['verify', ...policy, '--token-file', secret], { files })
  assert.ok(!long.stderr.includes(secret.slice(0, 20)), long.stderr)
  const named = await run(['verify', ...policy, '--token-file', 'my.prod.token'], { files })
  assert.equal(named.stderr, 'authn: --token-file: cannot read `my.prod.token`: ENOENT\n')
})
