/** Conversations and their messages, and the pure changes to them. */
import * as z from 'zod/mini';
import { type Person, personSchema } from '@/lib/person.ts';
import { family, slot } from '@/stream/slot.ts';

export const messageSchema = z.object({
  id: z.number(),
  sender: personSchema,
  receiver: personSchema,
  content: z.string(),
  is_read: z._default(z.optional(z.boolean()), false),
  /** A device of the receiver has it. */
  is_delivered: z._default(z.optional(z.boolean()), false),
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

/** Newest first. */
export const conversations = slot('conversations', '/api/messages/conversations/', z.array(conversationSchema));

/** By the other person's id; oldest first. */
export const thread = family('thread', (user: number) => `/api/messages/conversation/${user}/`, z.array(messageSchema));

export function unreadMessages(list: readonly Conversation[] | undefined): number {
  return list?.reduce((sum, conversation) => sum + conversation.unread_count, 0) ?? 0;
}

export function otherIn(message: Message, me: number): Person {
  return message.sender.id === me ? message.receiver : message.sender;
}

/** Messages are in the order of their ids, and each is there once. */
export const addMessages =
  (more: readonly Message[]) =>
  (list: Message[]): Message[] => {
    const known = new Set(list.map((message) => message.id));
    const added = more.filter((message) => !known.has(message.id));
    return added.length === 0 ? list : [...list, ...added].sort((a, b) => a.id - b.id);
  };

export const newestMessage =
  (message: Message, me: number) =>
  (list: Conversation[]): Conversation[] => {
    const user = otherIn(message, me);
    const known = list.find((conversation) => conversation.user.id === user.id);
    if (known?.last_message && known.last_message.id >= message.id) return list;
    const unread = message.sender.id === me || message.is_read ? 0 : 1;
    const changed = { user, last_message: message, unread_count: (known?.unread_count ?? 0) + unread };
    return [changed, ...list.filter((conversation) => conversation !== known)];
  };

/** Somebody has read what the other wrote, up to a message. */
export const readIn =
  (reader: number, upTo: number) =>
  (list: Message[]): Message[] =>
    list.map((message) =>
      message.receiver.id === reader && message.id <= upTo && !message.is_read
        ? { ...message, is_read: true, is_delivered: true }
        : message,
    );

const arrived =
  (upTo: number, me: number) =>
  (message: Message): Message =>
    message.sender.id === me && message.id <= upTo && !message.is_delivered
      ? { ...message, is_delivered: true }
      : message;

/** A device of the other side has what I wrote, up to a message. */
export const deliveredIn =
  (upTo: number, me: number) =>
  (list: Message[]): Message[] =>
    list.map(arrived(upTo, me));

export const deliveredTo =
  (other: number, upTo: number, me: number) =>
  (list: Conversation[]): Conversation[] =>
    list.map((one) =>
      one.user.id === other && one.last_message ? { ...one, last_message: arrived(upTo, me)(one.last_message) } : one,
    );

interface ReadMark {
  reader: number;
  /** The other side of the conversation, as I see it. */
  other: number;
  upTo: number;
  /** What the reader has left unread. */
  left: number;
  me: number;
}

export const readConversation =
  ({ reader, other, upTo, left, me }: ReadMark) =>
  (list: Conversation[]): Conversation[] =>
    list.map((conversation) => {
      const { user, last_message: last } = conversation;
      if (user.id !== other || !last) return conversation;
      const isRead = last.is_read || (last.receiver.id === reader && last.id <= upTo);
      return {
        ...conversation,
        last_message: { ...last, is_read: isRead, is_delivered: last.is_delivered || isRead },
        unread_count: reader === me ? Math.min(conversation.unread_count, left) : conversation.unread_count,
      };
    });
