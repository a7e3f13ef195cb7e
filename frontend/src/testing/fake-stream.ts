/** The stream as tests see it: live from the start, and what a test pushes arrives. Stands in for the real client's package. */
import type { Entry, Ephemeral, StreamOptions, StreamSnapshot } from '@numeneon/stream-client';

type Handlers = Pick<StreamOptions, 'onEntry' | 'onSnapshot' | 'onEphemeral'>;

export class FakeStream {
  static latest: FakeStream | null = null;
  readonly watched = new Set<string>();
  readonly typed: number[] = [];
  startedAt: string | undefined;
  readonly #handlers: Handlers;
  readonly #listeners = new Set<() => void>();
  #snapshot: StreamSnapshot = {
    status: 'live',
    transport: 'websocket',
    since: 0,
    attempts: 0,
    leads: true,
  };

  constructor(handlers: Handlers) {
    this.#handlers = handlers;
    FakeStream.latest = this;
  }

  start(cursor?: string): void {
    this.startedAt = cursor;
  }

  stop(): void {}
  signOut(): void {}
  wake(): void {}
  setToken(): void {}

  watch(topics: readonly string[]): void {
    for (const topic of topics) this.watched.add(topic);
  }

  unwatch(topics: readonly string[]): void {
    for (const topic of topics) this.watched.delete(topic);
  }

  typing(user: number): void {
    this.typed.push(user);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  getSnapshot(): StreamSnapshot {
    return this.#snapshot;
  }

  push(entry: Entry): void {
    void this.#handlers.onEntry(entry, `test.${entry.seq}`);
  }

  ephemeral(frame: Ephemeral): void {
    this.#handlers.onEphemeral?.(frame);
  }

  become(status: StreamSnapshot['status']): void {
    this.#snapshot = { ...this.#snapshot, status, since: Date.now() };
    for (const listener of [...this.#listeners]) listener();
  }

  async reset(reason: string): Promise<void> {
    await this.#handlers.onSnapshot('test.0', reason);
  }
}

export const createStreamClient = (options: Handlers): FakeStream => new FakeStream(options);
export const createSharedStream = (options: Handlers): FakeStream => new FakeStream(options);
export const storageCursors = (): null => null;
