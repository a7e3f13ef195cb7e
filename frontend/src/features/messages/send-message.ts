/** One message to the server; the answer is the message itself, the first time and every time after. */
import type { Api } from '@/lib/api.ts';
import type { FoldingCache } from '@/stream/cache.ts';
import type { Outgoing } from '@/stream/outbox.ts';
import { addMessages, conversations, messageSchema, newestMessage, thread } from './slots.ts';

export async function sendMessage(api: Api, cache: FoldingCache, outgoing: Outgoing): Promise<void> {
  const { to, content, client_id } = outgoing;
  const message = await api.send(
    'POST',
    '/api/messages/',
    { receiver_id: to.id, content, client_id },
    messageSchema.parse,
  );
  cache.write(thread(to.id), addMessages([message]));
  cache.write(conversations, newestMessage(message, cache.me));
}
