// Lets oidc-provider 9 run on Node 20: it is written for 22, and misses one function there.

// WHATWG URL §6.1, in Node since 22.1.
URL.parse ??= (input, base) => (URL.canParse(input, base) ? new URL(input, base) : null);

// The library warns about every release older than its own choice; nothing else of it is muted.
const warn = console.warn;
console.warn = (...words) => {
  if (!String(words[0]).includes('Unsupported runtime')) warn(...words);
};
export const { errors, Provider } = await import('oidc-provider');
console.warn = warn;
