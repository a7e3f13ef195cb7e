// What a browser fetches before the home page stands: the entry, the home page's chunk and all they import, gzipped.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const limit = 170 * 1000;
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

const pages = { home: 'src/app/pages/home.tsx', guest: 'src/app/pages/guest.tsx', demo: 'src/app/pages/demo.tsx' };

function files(key, found = new Set()) {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`${key} is not in the build`);
  if (found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const imported of chunk.imports ?? []) files(imported, found);
  return found;
}

let failed = false;
for (const [name, page] of Object.entries(pages)) {
  const all = [...new Set([...files('index.html'), ...files(page)])];
  const bytes = all.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist))).length, 0);
  const over = bytes > limit;
  failed ||= over;
  process.stdout.write(
    `${name}: ${(bytes / 1000).toFixed(1)} kB gzip in ${all.length} files${over ? `, over ${limit / 1000} kB` : ''}\n`,
  );
}
if (failed) process.exitCode = 1;
