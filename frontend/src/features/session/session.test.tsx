import { act, screen, waitFor } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { inTown, open } from '@/testing/app.tsx';

inTown();

const guest = (town: { signedIn: boolean }) => {
  town.signedIn = false;
};

test('signing in opens the home page', async () => {
  const { user } = await open('/', guest);
  await user.type(await screen.findByLabelText('Name or e-mail'), 'pablo');
  await user.type(screen.getByLabelText('Password'), 'numeneon-demo');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findAllByRole('link', { name: 'Home' })).not.toHaveLength(0);
});

test('a wrong password says so, and keeps the name', async () => {
  const { user } = await open('/sign-in', guest);
  await user.type(await screen.findByLabelText('Name or e-mail'), 'pablo');
  await user.type(screen.getByLabelText('Password'), 'wrong');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('E-mail or password is wrong.');
  expect(screen.getByLabelText('Name or e-mail')).toHaveValue('pablo');
});

test('empty fields are named, and nothing is sent', async () => {
  const { town, user } = await open('/sign-in', guest);
  await user.click(await screen.findByRole('button', { name: 'Sign in' }));
  expect(await screen.findByText('Your password is missing.')).toBeVisible();
  expect(town.calls).toEqual([]);
});

test('a name that is taken is said at the name', async () => {
  const { user } = await open('/sign-up', guest);
  await user.type(await screen.findByLabelText('Username'), 'maria');
  await user.type(screen.getByLabelText('E-mail'), 'maria@example.com');
  await user.type(screen.getByLabelText('Password'), 'numeneon-demo');
  await user.click(screen.getByRole('button', { name: 'Create an account' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('This name is taken.');
  expect(screen.getByLabelText('Username')).toHaveAttribute('aria-invalid', 'true');
});

test('who follows a link arrives there after signing in', async () => {
  const { user } = await open('/friends', guest);
  await user.type(await screen.findByLabelText('Name or e-mail'), 'pablo');
  await user.type(screen.getByLabelText('Password'), 'numeneon-demo');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  expect(await screen.findByRole('heading', { name: 'Friends', level: 1 })).toBeVisible();
});

test('no link leads out of the house after signing in', async () => {
  const { user } = await open('/sign-in?next=//elsewhere.example', guest);
  await user.type(await screen.findByLabelText('Name or e-mail'), 'pablo');
  await user.type(screen.getByLabelText('Password'), 'numeneon-demo');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  await screen.findAllByRole('link', { name: 'Home' });
  expect(window.location.pathname).toBe('/');
});

test('signing out leads to the door', async () => {
  const { user } = await open('/friends');
  await user.click(await screen.findByRole('button', { name: 'Pablo, your menu' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Sign out' }));
  expect(await screen.findByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('short interruptions are not worth a word; longer ones are, and so is coming back', async () => {
  const { stream, happens } = await open('/friends');
  await screen.findByRole('button', { name: 'Notifications, 3 new' });
  vi.useFakeTimers({ shouldAdvanceTime: true });
  act(() => stream.become('reconnecting'));
  await act(() => vi.advanceTimersByTimeAsync(2000));
  expect(screen.queryByText('Reconnecting…')).toBeNull();
  await act(() => vi.advanceTimersByTimeAsync(1500));
  expect(screen.getByText('Reconnecting…')).toBeVisible();
  expect(document.documentElement.dataset.connection).toBe('offline');
  act(() => {
    stream.become('catching_up');
    happens('friend_accepted', { from_user: { id: 13, username: 'elif' }, text: '', link: '/people/elif' });
    stream.become('live');
  });
  expect(await screen.findByText('Back: 1 new')).toBeVisible();
  expect(document.documentElement.dataset.connection).toBeUndefined();
});

test('an address that leads nowhere says so, inside the frame', async () => {
  await open('/nowhere');
  expect(await screen.findAllByText('There is nothing here')).not.toHaveLength(0);
  await waitFor(() => expect(screen.getAllByRole('link', { name: 'Home' })).not.toHaveLength(0));
});
