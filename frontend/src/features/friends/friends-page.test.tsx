import { act, screen, waitFor, within } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { inTown, open } from '@/testing/app.tsx';
import { person } from '@/testing/town.ts';

inTown();

test('accepting makes friends at once, and can be taken back', async () => {
  const { town, user } = await open('/friends');
  await user.click(await screen.findByRole('button', { name: 'Accept Noor' }));
  expect(screen.getByText('You and Noor are friends')).toBeVisible();
  const list = screen.getByRole('region', { name: 'Friends' });
  expect(await within(list).findByRole('link', { name: 'Noor' })).toBeVisible();
  await waitFor(() => expect(town.calls).toContain('POST /api/friends/accept/1/'));

  await user.click(screen.getByRole('button', { name: 'Undo' }));
  await waitFor(() => expect(town.calls).toContain('DELETE /api/friends/remove/7/'));
  expect(within(list).queryByRole('link', { name: 'Noor' })).toBeNull();
});

test('an accept the server refuses comes back, with words that stay', async () => {
  const { user } = await open('/friends', (town) => town.failing.set('POST /api/friends/accept/1/', 500));
  await user.click(await screen.findByRole('button', { name: 'Accept Noor' }));
  const alert = await screen.findByRole('alert');
  expect(alert).toHaveTextContent('The request from Noor could not be accepted');
  expect(alert).toHaveTextContent('The server is having a bad day.');
  expect(await screen.findByRole('button', { name: 'Accept Noor' })).toBeVisible();
});

test('a decline is only sent when it can no longer be undone', async () => {
  const { town, user } = await open('/friends');
  const decline = await screen.findByRole('button', { name: 'Decline Noor' });
  vi.useFakeTimers({ shouldAdvanceTime: true });
  await user.click(decline);
  expect(screen.queryByRole('button', { name: 'Accept Noor' })).toBeNull();
  expect(town.calls).not.toContain('POST /api/friends/decline/1/');
  await act(() => vi.advanceTimersByTimeAsync(5100));
  await waitFor(() => expect(town.calls).toContain('POST /api/friends/decline/1/'));
});

test('a decline that is undone was never sent', async () => {
  const { town, user } = await open('/friends');
  await user.click(await screen.findByRole('button', { name: 'Decline Noor' }));
  await user.click(screen.getByRole('button', { name: 'Undo' }));
  expect(await screen.findByRole('button', { name: 'Accept Noor' })).toBeVisible();
  act(() => {
    window.dispatchEvent(new Event('pagehide'));
  });
  expect(town.calls).not.toContain('POST /api/friends/decline/1/');
});

test('a decline is sent with the last breath of the page', async () => {
  const { town, user } = await open('/friends');
  await user.click(await screen.findByRole('button', { name: 'Decline Noor' }));
  act(() => {
    window.dispatchEvent(new Event('pagehide'));
  });
  await waitFor(() => expect(town.calls).toContain('POST /api/friends/decline/1/'));
});

test('somebody accepts: toast, badge and list, without asking the server', async () => {
  const { happens, town } = await open('/friends');
  const list = await screen.findByRole('region', { name: 'Friends' });
  act(() =>
    happens('friend_accepted', {
      from_user: person('elif'),
      text: 'elif accepted your friend request',
      link: '/people/elif',
    }),
  );
  const toasts = screen.getByRole('list', { name: 'New' });
  expect(within(toasts).getByText('Elif')).toBeVisible();
  expect(within(toasts).getByText(/accepted your request/)).toBeVisible();
  expect(await screen.findByRole('button', { name: 'Notifications, 4 new' })).toBeVisible();
  expect(await within(list).findByRole('link', { name: 'Elif' })).toBeVisible();
  expect(town.calls).toEqual([]);
  await waitFor(() => expect(document.title).toBe('(4) Friends · NUMENEON'));
  await waitFor(() =>
    expect(
      screen.getAllByRole('status').some((one) => one.textContent?.includes('elif accepted your friend request')),
    ).toBe(true),
  );
});

test('the same entry twice is one toast and one friend', async () => {
  const { stream } = await open('/friends');
  const list = await screen.findByRole('region', { name: 'Friends' });
  const entry = {
    seq: 10,
    at: new Date().toISOString(),
    type: 'friend_accepted',
    from_user: person('elif'),
    text: '',
    link: '',
  };
  act(() => {
    stream.push(entry);
    stream.push(entry);
  });
  expect(screen.getAllByRole('button', { name: 'Dismiss' })).toHaveLength(1);
  expect(await within(list).findAllByRole('link', { name: 'Elif' })).toHaveLength(1);
});

test('a request that arrives can be answered in its toast', async () => {
  const { happens, town, user } = await open('/');
  await screen.findByText('4 online');
  town.requests.push({ id: 50, from_user: person('ravi'), created_at: new Date().toISOString() });
  act(() =>
    happens('friend_request', {
      request_id: 50,
      from_user: person('ravi'),
      created_at: new Date().toISOString(),
      text: '',
      link: '/friends',
    }),
  );
  await user.click(await screen.findByRole('button', { name: 'Accept Ravi' }));
  await waitFor(() => expect(town.calls).toContain('POST /api/friends/accept/50/'));
  expect(screen.queryByRole('button', { name: 'Accept Ravi' })).toBeNull();
});

test('what is on screen already needs no toast', async () => {
  const { happens } = await open('/friends');
  await screen.findByRole('button', { name: 'Accept Noor' });
  act(() =>
    happens('friend_request', {
      request_id: 50,
      from_user: person('ravi'),
      created_at: new Date().toISOString(),
      text: '',
      link: '/friends',
    }),
  );
  expect(await screen.findByRole('button', { name: 'Accept Ravi' })).toBeVisible();
  expect(screen.queryByRole('list', { name: 'New' })).toBeNull();
});

test('a request can be sent to a suggestion, and cancelled', async () => {
  const { town, user } = await open('/friends');
  await user.click(await screen.findByRole('button', { name: 'Add Ida' }));
  const waiting = await screen.findByRole('region', { name: 'Waiting for an answer' });
  await user.click(await within(waiting).findByRole('button', { name: 'Cancel the request to Ida' }));
  await waitFor(() => expect(town.calls).toContain('DELETE /api/friends/cancel/10/'));
  expect(within(waiting).queryByText('Ida')).toBeNull();
});

test('people can be searched by name', async () => {
  const { user } = await open('/friends');
  await user.type(await screen.findByRole('searchbox', { name: 'Find people' }), 'yuki');
  expect(await screen.findByText('1 person found')).toBeInTheDocument();
});

test('blocking removes somebody everywhere, and says how to lift it', async () => {
  const { town, user } = await open('/friends');
  await user.click(await screen.findByRole('button', { name: 'More about Luca' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Block' }));
  await waitFor(() => expect(town.calls).toContain('POST /api/auth/blocks/5/'));
  expect(await screen.findByText('Luca is blocked')).toBeVisible();
  expect(screen.queryByRole('button', { name: 'More about Luca' })).toBeNull();
});

test('a name is text, whatever is in it', async () => {
  const { happens } = await open('/');
  await screen.findByText('4 online');
  const bad = { ...person('elif'), first_name: '<b>{{who}}</b>$t(undo)' };
  act(() => happens('friend_accepted', { from_user: bad, text: '', link: '' }));
  expect(within(screen.getByRole('list', { name: 'New' })).getByText('<b>{{who}}</b>$t(undo)')).toBeVisible();
});
