import { act, screen, waitFor, within } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { inTown, open } from '@/testing/app.tsx';
import { message, person } from '@/testing/town.ts';

inTown();

const log = () => screen.findByRole('log', { name: 'Conversation with Maria' });

test('opening a conversation shows what is new, and reads it', async () => {
  const { town } = await open('/messages/maria');
  const shown = await log();
  expect(within(shown).getByText('Bring the good cello.')).toBeVisible();
  expect(within(shown).getByText('2 new')).toBeVisible();
  expect(within(shown).getByText('Yesterday')).toBeVisible();
  await waitFor(() => expect(town.calls).toContain('POST /api/messages/conversation/2/read/'));
  expect(await screen.findAllByRole('link', { name: 'Messages' })).not.toHaveLength(0);
});

test('what I send is there at once, and once', async () => {
  const { town, user, happens } = await open('/messages/maria');
  const shown = await log();
  await user.type(screen.getByLabelText('Message to Maria'), 'There is only one cello.{Enter}');
  expect(await within(shown).findByText('There is only one cello.')).toBeVisible();
  await waitFor(() => expect(town.messages).toHaveLength(9));
  act(() => happens('new_message', { message: town.messages.at(-1), text: '', link: '' }));
  expect(within(shown).getAllByText('There is only one cello.')).toHaveLength(1);
  expect(within(shown).getByText('Sent')).toBeVisible();
  expect(screen.queryByRole('list', { name: 'New' }), 'my own message is no news').toBeNull();
});

test('a refused message says so right there, and can be sent again', async () => {
  const { town, user } = await open('/messages/maria', (town) => town.failing.set('POST /api/messages/', 400));
  const shown = await log();
  await user.type(screen.getByLabelText('Message to Maria'), 'I will tune it in the lift.{Enter}');
  const alert = await within(shown).findByRole('alert');
  expect(alert).toHaveTextContent('The server is having a bad day.');
  town.failing.clear();
  await user.click(within(alert).getByRole('button', { name: 'Try again' }));
  await waitFor(() => expect(within(shown).queryByRole('alert')).toBeNull());
  expect(town.messages.filter((one) => one.content === 'I will tune it in the lift.')).toHaveLength(1);
});

test('without a network a message waits, and goes out when the stream is live again', async () => {
  const { town, user, stream } = await open('/messages/maria', (town) => town.failing.set('POST /api/messages/', 0));
  const shown = await log();
  await user.type(screen.getByLabelText('Message to Maria'), 'See you at seven.{Enter}');
  expect(await within(shown).findByText('Will be sent when you are back')).toBeVisible();
  town.failing.clear();
  act(() => stream.become('live'));
  await waitFor(() => expect(within(shown).queryByText('Will be sent when you are back')).toBeNull());
  expect(town.messages.filter((one) => one.content === 'See you at seven.')).toHaveLength(1);
});

test('what waits to be sent is shown although the conversation could not be loaded', async () => {
  const { user } = await open('/messages/maria', (town) => {
    town.failing.set('GET /api/messages/conversation/2/', 500);
    town.failing.set('POST /api/messages/', 0);
  });
  expect(await screen.findByText('The conversation did not load')).toBeVisible();
  await user.type(screen.getByLabelText('Message to Maria'), 'See you at seven.{Enter}');
  expect(await screen.findByText('Will be sent when you are back')).toBeVisible();
  expect(screen.getByText('See you at seven.')).toBeVisible();
});

test('the tick turns when the other has read it', async () => {
  const { happens } = await open('/messages/maria', (town) => {
    town.messages.push(message(200, 'pablo', 'maria', 'Thursday?', 1, false));
  });
  const shown = await log();
  expect(within(shown).getByText('Sent')).toBeVisible();
  act(() => happens('messages_read', { by: 2, with: 1, up_to: 200, unread: 0 }));
  expect(await within(shown).findByText('Read')).toBeVisible();
});

test('sent, delivered, read: a tick for each', async () => {
  const { happens } = await open('/messages/maria', (town) => {
    town.messages.push(message(200, 'pablo', 'maria', 'Thursday?', 1, false));
  });
  const shown = await log();
  expect(within(shown).getByText('Sent')).toBeVisible();
  act(() => happens('messages_delivered', { by: 2, with: 1, up_to: 199 }));
  expect(within(shown).getByText('Sent'), 'the one before it').toBeVisible();
  act(() => happens('messages_delivered', { by: 2, with: 1, up_to: 200 }));
  expect(await within(shown).findByText('Delivered')).toBeVisible();
  expect(screen.getAllByRole('img', { name: 'Delivered' }), 'in the list').toHaveLength(1);
  act(() => happens('messages_read', { by: 2, with: 1, up_to: 200, unread: 0 }));
  expect(await within(shown).findByText('Read')).toBeVisible();
});

test('typing shows while it lasts, and ends with the message', async () => {
  const { stream, happens } = await open('/messages/maria');
  await log();
  act(() => stream.ephemeral({ type: 'typing', from_user: 2 }));
  expect(screen.getAllByText('Maria is typing')).not.toHaveLength(0);
  act(() =>
    happens('new_message', { message: message(201, 'maria', 'pablo', 'Seven it is.', 0, false), text: '', link: '' }),
  );
  expect(screen.queryByText('Maria is typing')).toBeNull();
});

test('typing ends by itself', async () => {
  const { stream } = await open('/messages/maria');
  await log();
  vi.useFakeTimers();
  act(() => stream.ephemeral({ type: 'typing', from_user: 2 }));
  expect(screen.getAllByText('Maria is typing')).not.toHaveLength(0);
  act(() => vi.advanceTimersByTime(5100));
  expect(screen.queryByText('Maria is typing')).toBeNull();
});

test('a message elsewhere is a toast, a badge, and the top of the list', async () => {
  const { happens } = await open('/friends');
  await screen.findByRole('button', { name: 'Accept Noor' });
  act(() =>
    happens('new_message', {
      message: message(202, 'kenji', 'pablo', '<i>Obviously.</i>', 0, false),
      text: '',
      link: '',
    }),
  );
  const toasts = screen.getByRole('list', { name: 'New' });
  expect(within(toasts).getByText('<i>Obviously.</i>')).toBeVisible();
  expect(within(toasts).getByRole('link', { name: 'Reply' })).toHaveAttribute('href', '/messages/kenji');
  expect(await screen.findAllByRole('link', { name: 'Messages, 3 unread' })).not.toHaveLength(0);
});

test('what is typed tells the other that I am typing', async () => {
  const { stream, user } = await open('/messages/maria');
  await log();
  await user.type(screen.getByLabelText('Message to Maria'), 'Hi');
  expect(stream.typed).toContain(person('maria').id);
});
