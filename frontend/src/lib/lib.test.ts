import { expect, test } from 'vitest';
import { BellIcon } from '@/components/icon.tsx';
import { parseCursor } from './api.ts';
import { safeLink, safePicture } from './safe-link.ts';
import { relativeTime } from './time.ts';
import { createToastQueue, type NewToast } from './toast-queue.ts';

const now = new Date(2026, 10, 23, 15, 0).getTime();
const before = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

test.each([
  [0, 'now'],
  [2, '2 min'],
  [180, '3 hr'],
  [60 * 24, 'Yesterday'],
  [60 * 24 * 3, 'Friday'],
  [60 * 24 * 30, 'Oct 24'],
  [60 * 24 * 400, 'Oct 19, 2025'],
])('%i minutes ago reads %s', (minutes, words) => expect(relativeTime(before(minutes), now, 'en')).toBe(words));

test.each(['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'http://', ''])('%s leads nowhere', (text) =>
  expect(safeLink(text)).toBeNull(),
);

test('addresses without a scheme are web addresses', () =>
  expect(safeLink('numeneon.example')).toBe('https://numeneon.example/'));

test('a picture may be ours or on the web, nothing else', () => {
  expect(safePicture('/assets/portraits/maria.svg')).toBe('/assets/portraits/maria.svg');
  expect(safePicture('https://pictures.example/x.png')).toBe('https://pictures.example/x.png');
  expect(safePicture('javascript:alert(1)')).toBeNull();
});

test('a cursor is an epoch and a number', () => {
  expect(parseCursor('k3x9.5')).toEqual({ epoch: 'k3x9', seq: 5 });
  expect(parseCursor('nonsense')).toBeNull();
});

const toast = (id: string, kind: NewToast['kind'] = 'news'): NewToast => ({
  id,
  kind,
  hue: 'notify',
  icon: BellIcon,
  text: id,
});

test('three toasts at most, the oldest news leaves first', () => {
  const queue = createToastQueue(() => 3);
  for (const id of ['a', 'b', 'c', 'd']) queue.show(toast(id));
  expect(queue.get().map(({ id }) => id)).toEqual(['d', 'c', 'b']);
});

test('an error is not pushed out by news', () => {
  const queue = createToastQueue(() => 3);
  queue.show(toast('failed', 'error'));
  for (const id of ['a', 'b', 'c']) queue.show(toast(id));
  expect(queue.get().map(({ id }) => id)).toEqual(['c', 'b', 'failed']);
});
