// SHA-256 (FIPS 180-4) for reporting which module is loaded. Not for tokens: everything else is done in the module.
// Here because the platform's own is asynchronous in browsers, and a verifier is made synchronously.

/** The digest of `bytes`, hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  const state = Int32Array.from(ROOTS.slice(0, 8), (root) => fraction(Math.sqrt(root)))
  const constants = Int32Array.from(ROOTS, (root) => fraction(Math.cbrt(root)))
  const words = new Int32Array(64)
  const padded = pad(bytes)
  for (let offset = 0; offset < padded.byteLength; offset += 64)
    compress(state, schedule(padded, offset, words), constants)
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

// The constants are the fractional parts of roots of the first 64 primes (sections 4.2.2 and 5.3.3).
const ROOTS: number[] = []
for (let candidate = 2; ROOTS.length < 64; candidate++) {
  if (ROOTS.every((prime) => candidate % prime !== 0)) ROOTS.push(candidate)
}

function fraction(root: number): number {
  return ((root - Math.floor(root)) * 2 ** 32) | 0
}

function pad(bytes: Uint8Array): DataView {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n)
  return view
}

// Every index below is in range by construction, so the type's `undefined` cannot happen; Int32Array wraps sums.
function schedule(message: DataView, offset: number, words: Int32Array): Int32Array {
  for (let t = 0; t < 16; t++) words[t] = message.getInt32(offset + 4 * t)
  for (let t = 16; t < 64; t++) {
    const early = words[t - 15]!
    const late = words[t - 2]!
    const s0 = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)
    const s1 = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10)
    words[t] = words[t - 16]! + s0 + words[t - 7]! + s1
  }
  return words
}

function compress(state: Int32Array, words: Int32Array, constants: Int32Array): void {
  let [a, b, c, d] = [state[0]!, state[1]!, state[2]!, state[3]!]
  let [e, f, g, h] = [state[4]!, state[5]!, state[6]!, state[7]!]
  for (let t = 0; t < 64; t++) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + constants[t]! + words[t]!) | 0
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  ;[a, b, c, d, e, f, g, h].forEach((word, index) => (state[index]! += word))
}

function turn(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}
