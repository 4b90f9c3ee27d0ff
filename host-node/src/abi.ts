// The operations of the module that need no open verifier, on one shared instance; and the reading of its answers.

import { Broken, Engine } from './engine.js'
import { EngineError } from './errors.js'
import type { ContractAnswer, Inspection, Refused } from './generated.js'

/** An answer. Throws Broken for what no sound module answers, EngineError for a call that the module does not know. */
export function read<Answer>(text: string): Answer {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch (cause) {
    throw new Broken('the answer is not JSON', { cause })
  }
  if (typeof answer !== 'object' || answer === null) throw new Broken('the answer is not an object')
  const { error } = answer as Partial<Refused>
  if (error?.code === 'INVALID_CALL') throw new EngineError(error.message)
  return answer as Answer
}

/** What stands in a token. Nothing of it is verified: for looking at, never for deciding. */
export function inspect(token: string): Inspection {
  if (typeof token !== 'string') throw new TypeError('inspect: the token is not a string')
  return once('inspect', token)
}

/** The policy of one app of a contract (docs/abi.md, "Contract"). */
export function contract(request: string): ContractAnswer | Refused {
  if (encoder.encode(request).length > engine().room)
    return { error: { code: 'INVALID_CONTRACT', path: '', message: 'the contract is too large' } }
  return once('contract', request)
}

const encoder = new TextEncoder()
let shared: Engine | undefined

function engine(): Engine {
  return (shared ??= new Engine())
}

function once<Answer>(operation: 'inspect' | 'contract', payload: string): Answer {
  try {
    return read(engine().call(operation, payload))
  } catch (cause) {
    if (!(cause instanceof Broken)) throw cause
    shared = undefined
    throw new EngineError('the module traps', { cause })
  }
}
