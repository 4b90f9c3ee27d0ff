// From a contract to the policy of one app: the module reads the contract, this file only carries (docs/abi.md,
// "Contract").

import { contract as read } from './abi.js'
import { ContractError } from './errors.js'
import { FAMILY_CONTRACT } from './family.js'
import type { ContractAnswer } from './generated.js'
import { contractRequestOf, policyOf } from './options.js'
import type { VerifierOptions } from './options.js'

/** Which contract, and which part of it, a verifier was made from. */
export interface ContractFacts {
  readonly name: string
  readonly version: string
  readonly app: string
  readonly environment: string
  /** Why every token may be refused although the policy is right: the app is not `active` (clause 1.6). */
  readonly warning?: string
}

/** The family's contract, docs/contract/fuzefront.v1.json; a new copy at each call. */
export function familyContract(): object {
  return JSON.parse(FAMILY_CONTRACT) as object
}

/** What a verifier opens. Throws PolicyError for options, ContractError for a contract, that is refused. */
export function openingOf(options: VerifierOptions): { policy: string; contract: ContractFacts | undefined } {
  const contract = (options as { readonly contract?: unknown } | undefined)?.contract
  return contract === undefined ? { policy: policyOf(options), contract } : opened(options)
}

function opened(options: VerifierOptions): { policy: string; contract: ContractFacts } {
  if ((options as { readonly app?: unknown }).app === undefined)
    throw new ContractError('is missing; name the app of the contract that verifies', '/app')
  const answer = read(contractRequestOf(options))
  if ('error' in answer) throw new ContractError(answer.error.message, answer.error.path ?? '')
  // All members are there when an app was named; a warning only where there is something to warn of.
  const { contract, app, environment, policy } = answer as Required<ContractAnswer>
  const { name, version } = contract
  const warning = answer.warning === undefined ? {} : { warning: answer.warning }
  return { policy: JSON.stringify(policy), contract: { name, version, app, environment, ...warning } }
}
