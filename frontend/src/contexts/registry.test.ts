/** Golden frames come from the server's own examples: what it can say, this client must understand and lead to the same place. */
import { expect, test } from 'vitest';
import { registry } from './registry.ts';

interface Golden {
  frame: { type: string; link?: string; [member: string]: unknown };
}

const goldens = Object.entries(
  import.meta.glob<Golden>('../../../protocol/frames/entry.*.json', { eager: true, import: 'default' }),
);

test('there are golden frames', () => expect(goldens.length).toBeGreaterThan(5));

test.each(goldens.filter(([, { frame }]) => frame.type !== 'redacted'))('%s is understood', (_path, { frame }) => {
  const understood = registry.get(frame.type)?.understand(frame);
  expect(understood, `no front-end file for ${frame.type}, or it does not fit`).toBeTruthy();
  const news = understood?.news(-1);
  if (news) {
    expect(news.link).toBe(frame.link);
    expect(news.people.length).toBeGreaterThan(0);
  }
});

test('an entry of another shape is passed over, not guessed at', () => {
  expect(
    registry.get('friend_accepted')?.understand({ seq: 1, at: '', type: 'friend_accepted', from_user: 'maria' }),
  ).toBeNull();
});
