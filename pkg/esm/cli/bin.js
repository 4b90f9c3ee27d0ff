#!/usr/bin/env node
// What `npx @fuzefront/authn` starts: hands the process to the command line.
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { main } from './main.js';
// Whoever reads the output may stop early, as `head` does.
process.stdout.on('error', (error) => {
    if (error.code !== 'EPIPE')
        throw error;
});
process.exitCode = await main({
    argv: process.argv.slice(2),
    env: process.env,
    stdin: readStdin,
    stdinIsTTY: process.stdin.isTTY === true,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTTY: process.stdout.isTTY === true,
    now: () => Date.now() / 1000,
    fetch: globalThis.fetch,
    readFile,
});
async function readStdin() {
    const chunks = [];
    for await (const chunk of process.stdin)
        chunks.push(chunk);
    const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
    let offset = 0;
    for (const chunk of chunks) {
        whole.set(chunk, offset);
        offset += chunk.length;
    }
    return whole;
}
