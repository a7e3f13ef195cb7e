/** The rules of the house that no compiler knows. */
import { expect, test } from 'vitest';

const sources = import.meta.glob<string>('../**/*.{ts,tsx}', { eager: true, query: '?raw', import: 'default' });
const styles = import.meta.glob<string>('../styles/*.css', { eager: true, query: '?raw', import: 'default' });

const layers = ['lib', 'components', 'stream', 'features', 'contexts', 'app'];

interface Import {
  from: string;
  to: string;
}

function place(path: string): string {
  return new URL(path, 'file:///src/app/').pathname.replace('/src/', '');
}

function imports(): Import[] {
  return Object.entries(sources).flatMap(([path, text]) => {
    const from = place(path);
    if (/\.test\.tsx?$/.test(from) || from.startsWith('testing/')) return [];
    return [...text.matchAll(/(?:from|import\()\s*'(@\/|\.\.?\/)([^']+)'/g)].map(([, start = '', rest = '']) => ({
      from,
      to: start === '@/' ? rest : new URL(start + rest, `file:///src/${from}`).pathname.replace('/src/', ''),
    }));
  });
}

const layer = (path: string): number => {
  const name = path.split('/')[0] ?? '';
  return name === 'styles' || name === 'assets' ? 0 : layers.indexOf(name);
};

test('imports point inwards: app, contexts, features, stream, components and lib', () => {
  const wrong = imports().filter(({ from, to }) => {
    // The two innermost lean on each other: a toast has an icon, an avatar has a person.
    const inner = (path: string) => Math.max(layer(path), 1);
    return inner(to) > inner(from);
  });
  expect(wrong).toEqual([]);
});

test('no feature imports a feature', () => {
  const feature = (path: string) => /^features\/([^/]+)\//.exec(path)?.[1];
  const wrong = imports().filter(({ from, to }) => feature(from) && feature(to) && feature(from) !== feature(to));
  expect(wrong).toEqual([]);
});

test('only tokens.css names a colour, a size or a duration', () => {
  const named = /#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(|(?<![\w-])\d*\.?\d+(?:px|rem|ms|s)\b/gi;
  const wrong = Object.entries(styles)
    .filter(([path]) => !path.endsWith('tokens.css'))
    .flatMap(([path, text]) =>
      [
        ...text
          .replace(/\/\*[\s\S]*?\*\//g, '')
          .replace(/@media[^{]+/g, '')
          .matchAll(named),
      ].map((found) => `${path}: ${found[0]}`),
    );
  expect(wrong).toEqual([]);
});

test('no component types a colour or a duration', () => {
  const wrong = Object.entries(sources)
    .filter(([path]) => path.endsWith('.tsx') && !path.includes('.test.'))
    .filter(([, text]) => /['"`]#[0-9a-f]{3,8}['"`]|\d(?:px|rem|ms)['"`]/i.test(text))
    .map(([path]) => path);
  expect(wrong).toEqual([]);
});

test('files stay small enough to be read', () => {
  const long = Object.entries(sources)
    .filter(([path, text]) => !path.includes('strings.') && text.split('\n').length > 400)
    .map(([path]) => path);
  expect(long.filter((path) => !path.includes('testing/town.ts'))).toEqual([]);
});
