/** Weighs what a page downloads: bundled, minified, gzipped. Fails above the budget. */

import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const BUDGET = 5_000;
const ENTRIES: Readonly<Record<string, readonly [code: string, counts: boolean]>> = {
  'one client, sockets and 30 s poll': [
    "import { createStreamClient, websocket, poll, storageCursors } from './src/index.ts'; globalThis.x = [createStreamClient, websocket, poll, storageCursors]",
    false,
  ],
  'everything but sharing': [
    "import * as all from './src/index.ts'; const { createSharedStream, ...rest } = all; globalThis.x = rest",
    false,
  ],
  'the whole package': ["import * as all from './src/index.ts'; globalThis.x = all", true],
};

let over = false;
for (const [name, [code, counts]] of Object.entries(ENTRIES)) {
  const bytes = gzipSync(await bundle(code), { level: 9 }).length;
  over ||= counts && bytes > BUDGET;
  console.log(`${String(bytes).padStart(6)} B gzip  ${name}${counts ? ` (budget ${BUDGET})` : ''}`);
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
