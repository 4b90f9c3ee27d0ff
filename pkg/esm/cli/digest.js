// `digest`: which module and which contract are installed. Services that agree print the same.
import { about } from '../catalogue.js';
import { moduleDigest } from '../engine.js';
import { FAMILY_CONTRACT } from '../family.js';
import { sha256 } from '../sha256.js';
import { EXIT } from './io.js';
import { refuseMore } from './options.js';
import { rows } from './paper.js';
export async function digest(_io, line) {
    refuseMore(line, 0);
    const { name, version, abi } = about();
    const module = moduleDigest();
    const family = JSON.parse(FAMILY_CONTRACT);
    const contract = {
        name: family.name,
        version: family.version,
        sha256: sha256(new TextEncoder().encode(FAMILY_CONTRACT)),
    };
    return {
        code: EXIT.good,
        json: JSON.stringify({ name, version, abi, module_sha256: module, contract }),
        page: (paper) => rows(paper, [
            ['package', `${name} ${version}`],
            ['interface', `ABI ${abi}`],
            ['module', `authn.wasm, SHA-256`],
            ['', module],
            ['contract', `${contract.name} ${contract.version}, SHA-256`],
            ['', contract.sha256],
        ]),
    };
}
