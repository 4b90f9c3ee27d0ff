// Compiles the sources: with `--sources` incrementally into build/, where the tests find them; without, the npm package
// around `pkg/authn.wasm`, in both formats. Same sources, same bytes: no time, no path and no machine goes into it.
// Usage: node scripts/build.mjs [--sources | output folder, default ../pkg]

import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { manifest } from './manifest.mjs'

const host = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const root = dirname(host)
const wasm = join(root, 'pkg', 'authn.wasm')
const toolsWasm = join(root, 'pkg', 'authn-tools.wasm')

const CONTRACT = 'fuzefront.v1.json'

const bytes = readModule(wasm)
const tools = readModule(toolsWasm)
const digest = createHash('sha256').update(bytes).digest('hex')
const contract = readContract()
if (process.argv[2] === '--sources') {
  const out = join(host, 'build')
  compile('esm', out, '--incremental', '--tsBuildInfoFile', join(out, '.tsbuildinfo'))
  inlineAll('esm', out)
} else {
  assemble(resolve(process.argv[2] ?? join(root, 'pkg')))
}

function assemble(out) {
  for (const format of ['esm', 'cjs']) {
    const folder = join(out, format)
    rmSync(folder, { recursive: true, force: true })
    compile(format, folder)
    inlineAll(format, folder)
  }
  write(join(out, 'cjs', 'package.json'), json({ type: 'commonjs' }))
  write(join(out, 'package.json'), json(manifest(version())))
  write(join(out, 'authn.wasm.sha256'), `${digest}  authn.wasm\n`)
  mkdirSync(join(out, 'contracts'), { recursive: true })
  write(join(out, 'contracts', CONTRACT), contract)
  if (out !== dirname(wasm)) {
    copyFileSync(wasm, join(out, 'authn.wasm'))
    copyFileSync(toolsWasm, join(out, 'authn-tools.wasm'))
    copyFileSync(`${toolsWasm}.sha256`, join(out, 'authn-tools.wasm.sha256'))
    copyFileSync(join(dirname(wasm), 'NOTICES'), join(out, 'NOTICES'))
  }
  copyFileSync(join(host, 'README.md'), join(out, 'README.md'))
  copyFileSync(join(root, 'LICENSE'), join(out, 'LICENSE'))
}

function readModule(path) {
  if (existsSync(path)) return readFileSync(path)
  fail(`${path} is missing; build it with \`cargo xtask build\``)
}

function readContract() {
  const file = join(root, 'docs', 'contract', CONTRACT)
  if (existsSync(file)) return readFileSync(file)
  fail(`docs/contract/${CONTRACT} is missing`)
}

function compile(format, folder, ...more) {
  const tsc = join(host, 'node_modules', 'typescript', 'bin', 'tsc')
  if (!existsSync(tsc)) fail('TypeScript is not installed; run `npm ci` in host-node')
  const config = join(host, format === 'cjs' ? 'tsconfig.cjs.json' : 'tsconfig.json')
  try {
    execFileSync(process.execPath, [tsc, '-p', config, '--outDir', folder, ...more], { stdio: 'inherit' })
  } catch {
    fail(`the ${format} build failed`)
  }
}

function inlineAll(format, folder) {
  const module = { WASM_BASE64: bytes.toString('base64'), WASM_SHA256: digest }
  inline(format, folder, 'wasm', 'The bytes of authn.wasm, in base64, and their digest.', module)
  inline(format, folder, 'tools-wasm', 'The bytes of authn-tools.wasm, in base64.', {
    TOOLS_BASE64: tools.toString('base64'),
  })
  const family = { FAMILY_CONTRACT: contract.toString('utf8') }
  inline(format, folder, 'family', `The text of ${CONTRACT}.`, family)
}

function inline(format, folder, name, said, constants) {
  const lines = Object.entries(constants).map(([constant, text]) => {
    const value = `${constant} = ${JSON.stringify(text)};\n`
    return format === 'esm' ? `export const ${value}` : `exports.${value}`
  })
  const strict = '"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\n'
  write(join(folder, `${name}.js`), `${format === 'esm' ? '' : strict}// ${said}\n${lines.join('')}`)
  copyFileSync(join(host, 'src', `${name}.d.ts`), join(folder, `${name}.d.ts`))
}

// What is the same stays untouched, so that nothing that goes by times has to be done again.
function write(path, content) {
  if (existsSync(path) && readFileSync(path).equals(Buffer.from(content))) return
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

function version() {
  const cargo = readFileSync(join(root, 'Cargo.toml'), 'utf8')
  const found = /^\[workspace\.package\][^[]*?^version = "([^"]+)"/m.exec(cargo)
  return found?.[1] ?? fail('Cargo.toml has no [workspace.package] version')
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`
}

function fail(message) {
  console.error(`build: ${message}`)
  process.exit(1)
}
