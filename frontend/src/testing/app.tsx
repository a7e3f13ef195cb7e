/** The whole app in front of a small town; what a test pushes on the stream arrives as it does in life. */
import { render, screen } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { App } from '@/app/app.tsx';
import { FakeStream } from './fake-stream.ts';
import { createTown, handlersFor, type Town } from './town.ts';

const server = setupServer();

/** Call once in a test file. */
export function inTown(): void {
  beforeAll(() => server.listen());
  afterEach(() => server.resetHandlers());
  afterAll(() => server.close());
}

interface Opened {
  town: Town;
  user: UserEvent;
  /** Something happens elsewhere: the next entry of my stream. */
  happens: (type: string, members: Record<string, unknown>) => void;
  stream: FakeStream;
}

export async function open(path: string, change: (town: Town) => void = () => undefined): Promise<Opened> {
  const town = createTown();
  change(town);
  server.use(...handlersFor(town));
  window.history.replaceState(null, '', path);
  const user = userEvent.setup();
  render(<App />);
  await screen.findAllByRole(town.signedIn ? 'navigation' : 'heading', {}, { timeout: 3000 });
  const stream = FakeStream.latest ?? new FakeStream({ onEntry: () => undefined, onSnapshot: () => undefined });
  return {
    town,
    user,
    stream,
    happens(type, members) {
      town.head += 1;
      stream.push({ seq: town.head, at: new Date().toISOString(), type, ...members });
    },
  };
}
