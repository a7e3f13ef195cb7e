/** Weighs what a page downloads: bundled, minified, gzipped. Fails above the budget. */

import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const BUDGET = 5_000;
const CORE = 'createClient, websocket, storageCursors';
const ENTRIES: readonly (readonly [about: string, names: string, budget: number])[] = [
  ['core: receiver, shell, WebSocket, cursor store', CORE, BUDGET],
  ['… and the ladder: Server-Sent Events, long poll, poll', `${CORE}, createStreamClient`, Number.POSITIVE_INFINITY],
  ['… and one connection a browser', `${CORE}, createStreamClient, createSharedStream`, Number.POSITIVE_INFINITY],
];

let over = false;
for (const [about, names, budget] of ENTRIES) {
  const code = await bundle(`import { ${names} } from './src/index.ts'; globalThis.kept = [${names}];`);
  const bytes = gzipSync(code, { level: 9 }).length;
  over ||= bytes > budget;
  console.log(`${String(bytes).padStart(6)} B gzip  ${about}${Number.isFinite(budget) ? ` (at most ${budget})` : ''}`);
  if (process.argv.includes('--print')) console.log(code);
}
process.exitCode = over ? 1 : 0;

async function bundle(code: string): Promise<string> {
  const built = await build({
    root: new URL('..', import.meta.url).pathname,
    configFile: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'virtual:entry' ? `${new URL('..', import.meta.url).pathname}entry.js` : null),
        load: (id) => (id.endsWith('/entry.js') ? code : null),
      },
    ],
    build: {
      write: false,
      minify: true,
      target: 'es2023',
      rollupOptions: { input: 'virtual:entry' },
      modulePreload: false,
    },
  });
  const outputs = Array.isArray(built) ? built : [built];
  return outputs
    .flatMap((output) => ('output' in output ? output.output : []))
    .map((part) => ('code' in part ? part.code : ''))
    .join('');
}
