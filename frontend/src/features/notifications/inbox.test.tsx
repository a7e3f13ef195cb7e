import { act, screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { inTown, open } from '@/testing/app.tsx';
import { person } from '@/testing/town.ts';

inTown();

const like = (name: 'maria' | 'kenji') => ({
  post_id: 12,
  root: null,
  from_user: person(name),
  people: [person(name)],
  more: 0,
  likes: 20,
  version: 1,
  text: `${name} liked your post`,
  link: '/posts/12',
});

test('opening the bell makes seen, and keeps the new ones marked while one looks', async () => {
  const { town, user } = await open('/friends');
  await user.click(await screen.findByRole('button', { name: 'Notifications, 3 new' }));
  const popover = await screen.findByRole('dialog', { name: 'Notifications' });
  expect(within(popover).getByText(/wants to be your friend/)).toBeVisible();
  expect(within(popover).getAllByText('New.')).toHaveLength(3);
  await waitFor(() => expect(town.calls).toContain('POST /api/notifications/seen/'));
  expect(screen.getByRole('button', { name: 'Notifications' })).toBeInTheDocument();
  expect(within(popover).getAllByText('New.')).toHaveLength(3);
});

test('a group names two and counts the others', async () => {
  await open('/notifications');
  const link = await screen.findByRole('link', { name: /Maria, Inés and 3 others liked your post/ });
  expect(link).toHaveAttribute('href', '/posts/12');
});

test('likes of one post become one row', async () => {
  const { happens } = await open('/notifications');
  await screen.findByRole('link', { name: /Maria, Inés and 3 others/ });
  act(() => {
    happens('post_like', like('maria'));
    happens('post_like', like('kenji'));
  });
  expect(await screen.findByRole('link', { name: /New\.\s*Kenji and Maria liked your post/ })).toBeVisible();
});

test('a like taken back takes its row along', async () => {
  const { happens } = await open('/notifications');
  await screen.findByRole('link', { name: /Maria, Inés and 3 others/ });
  act(() => happens('post_like', like('kenji')));
  expect(await screen.findByRole('link', { name: /New\.\s*Kenji liked your post/ })).toBeVisible();
  act(() => happens('post_unlike', { post_id: 12, user_ids: [4], likes: 19, version: 2 }));
  await waitFor(() => expect(screen.queryByRole('link', { name: /New\.\s*Kenji liked your post/ })).toBeNull());
});

test('filters show their own, and say it when there is nothing', async () => {
  const { user } = await open('/notifications', (town) => {
    town.inbox = town.inbox.filter((row) => row.type !== 'comment_reply');
  });
  await user.click(await screen.findByRole('tab', { name: /Requests/ }));
  expect(screen.getByText(/wants to be your friend/)).toBeVisible();
  expect(screen.queryByText(/liked your post/)).toBeNull();
  await user.click(screen.getByRole('tab', { name: 'Mentions' }));
  expect(screen.getByText('Nobody has mentioned you yet')).toBeVisible();
  await user.click(screen.getByRole('button', { name: 'Show all' }));
  expect(screen.getAllByText(/liked your post/)).not.toHaveLength(0);
});

test('all can be read at once, and unread again', async () => {
  const { town, user } = await open('/notifications');
  await user.click(await screen.findByRole('button', { name: 'Mark all read' }));
  await waitFor(() => expect(town.inbox.every((row) => row.read === true)).toBe(true));
  await user.click(await screen.findByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(town.calls).toContain('POST /api/notifications/unread/'));
});

test('J walks, E archives, and the archive can be undone', async () => {
  const { town, user } = await open('/notifications');
  await screen.findByRole('link', { name: /Maria, Inés and 3 others/ });
  await user.keyboard('jj');
  expect(document.activeElement).toHaveAccessibleName(/Maria, Inés and 3 others/);
  await user.keyboard('e');
  await waitFor(() => expect(town.calls).toContain('POST /api/notifications/archive/'));
  expect(screen.queryByRole('link', { name: /Maria, Inés and 3 others/ })).toBeNull();
  await user.click(await screen.findByRole('button', { name: 'Undo' }));
  expect(await screen.findByRole('link', { name: /Maria, Inés and 3 others/ })).toBeVisible();
});

test('read on another device is read here', async () => {
  const { happens } = await open('/friends');
  await screen.findByRole('button', { name: 'Notifications, 3 new' });
  act(() => happens('notifications_read', { state: 'read', ids: null, up_to: 99, unread: 0, unseen: 0 }));
  expect(await screen.findByRole('button', { name: 'Notifications' })).toBeVisible();
});

test('what somebody wished not to see as a toast is no toast', async () => {
  const { happens } = await open('/friends', (town) => {
    const like = town.preferences.types.post_like;
    if (like) like.toast = false;
  });
  await screen.findByRole('button', { name: 'Notifications, 3 new' });
  await waitFor(() => expect(screen.getByRole('button', { name: 'Accept Noor' })).toBeVisible());
  act(() => happens('post_like', like('kenji')));
  expect(await screen.findByRole('button', { name: 'Notifications, 4 new' })).toBeVisible();
  expect(screen.queryByRole('list', { name: 'New' })).toBeNull();
});

test('a muted notice changes what it changes, and says nothing', async () => {
  const { happens } = await open('/');
  await screen.findByRole('button', { name: 'Like, 19' });
  act(() => happens('post_like', { ...like('kenji'), muted: true }));
  expect(await screen.findByRole('button', { name: 'Like, 20' })).toBeVisible();
  expect(screen.getByRole('button', { name: 'Notifications, 3 new' })).toBeVisible();
});
