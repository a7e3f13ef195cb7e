/** Conversations and their messages. */
import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import { family, slot } from '@/stream/slot.ts';

export const messageSchema = z.object({
  id: z.number(),
  sender: personSchema,
  receiver: personSchema,
  content: z.string(),
  is_read: z._default(z.optional(z.boolean()), false),
  created_at: z.string(),
  client_id: z._default(z.optional(z.nullable(z.string())), null),
});

const conversationSchema = z.object({
  user: personSchema,
  last_message: z.nullable(messageSchema),
  unread_count: z.number(),
});

export type Message = z.infer<typeof messageSchema>;
export type Conversation = z.infer<typeof conversationSchema>;

export const conversations = slot('conversations', '/api/messages/conversations/', z.array(conversationSchema));

/** By the other person's id; oldest first. */
export const thread = family('thread', (user: number) => `/api/messages/conversation/${user}/`, z.array(messageSchema));

export function unreadMessages(list: readonly Conversation[] | undefined): number {
  return list?.reduce((sum, conversation) => sum + conversation.unread_count, 0) ?? 0;
}
