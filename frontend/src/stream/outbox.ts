/**
 * Words on their way out. They are kept before they are sent, and sent under a name of their own (`client_id`), so that
 * neither a crash nor a lost answer can lose them or send them twice: sending again is always safe.
 */
import * as z from 'zod/mini';
import { ApiError } from '@/lib/api.ts';
import { personSchema } from '@/lib/person.ts';
import { createStore, type Store } from '@/lib/store.ts';

const outgoingSchema = z.object({
  client_id: z.string(),
  to: personSchema,
  content: z.string(),
  created_at: z.string(),
  /** `waiting`: the network was away, it goes out by itself. `failed`: the server said no, somebody has to decide. */
  state: z.enum(['sending', 'waiting', 'failed']),
  error: z._default(z.optional(z.string()), ''),
});

export type Outgoing = z.infer<typeof outgoingSchema>;

export interface Outbox extends Pick<Store<readonly Outgoing[]>, 'get' | 'subscribe'> {
  add(to: Outgoing['to'], content: string): void;
  retry(clientId: string): void;
  discard(clientId: string): void;
  /** It has arrived, whoever says so: the answer, or the stream. */
  arrived(clientId: string): void;
  /** The network is back. */
  wake(): void;
}

export interface OutboxOptions {
  storage: Pick<Storage, 'getItem' | 'setItem'>;
  key: string;
  send(outgoing: Outgoing): Promise<void>;
}

/** Refused for good, or only for now: overload and rate limits pass. */
function passes(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 429 || error.status >= 500;
}

function restore({ storage, key }: OutboxOptions): readonly Outgoing[] {
  try {
    const kept = z.array(outgoingSchema).parse(JSON.parse(storage.getItem(key) ?? '[]'));
    return kept.map((one) => (one.state === 'sending' ? { ...one, state: 'waiting' } : one));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.core.$ZodError) return [];
    throw error;
  }
}

export function createOutbox(options: OutboxOptions): Outbox {
  const store = createStore(restore(options));
  let busy = false;

  function keep(next: readonly Outgoing[]): void {
    store.set(next);
    options.storage.setItem(options.key, JSON.stringify(next));
  }

  function mark(clientId: string, change: Partial<Outgoing>): void {
    keep(store.get().map((one) => (one.client_id === clientId ? { ...one, ...change } : one)));
  }

  const remove = (clientId: string) => {
    if (store.get().some((one) => one.client_id === clientId))
      keep(store.get().filter((one) => one.client_id !== clientId));
  };

  /** One after the other, in the order they were written; a network that is away stops the queue, a refusal does not. */
  async function run(): Promise<void> {
    if (busy) return;
    busy = true;
    for (;;) {
      const next = store.get().find((one) => one.state === 'waiting');
      if (!next) break;
      mark(next.client_id, { state: 'sending' });
      try {
        await options.send(next);
        remove(next.client_id);
      } catch (error) {
        if (!passes(error)) {
          mark(next.client_id, { state: 'failed', error: error instanceof Error ? error.message : '' });
          continue;
        }
        mark(next.client_id, { state: 'waiting' });
        break;
      }
    }
    busy = false;
  }

  return {
    get: store.get,
    subscribe: store.subscribe,
    add(to, content) {
      const client_id = crypto.randomUUID();
      const created_at = new Date().toISOString();
      keep([...store.get(), { client_id, to, content, created_at, state: 'waiting', error: '' }]);
      void run();
    },
    retry(clientId) {
      mark(clientId, { state: 'waiting', error: '' });
      void run();
    },
    discard: remove,
    arrived: remove,
    wake: () => void run(),
  };
}
