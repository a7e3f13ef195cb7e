/** Posts and comments, wherever a copy of them is: a feed, a wall, a page of its own. */
import * as z from 'zod/mini';
import { personSchema } from '@/lib/person.ts';
import type { Cache, FoldingCache } from '@/stream/cache.ts';
import type { Activity } from '@/stream/ephemeral.ts';
import { family } from '@/stream/slot.ts';

export const postSchema = z.object({
  id: z.number(),
  author: personSchema,
  content: z.string(),
  type: z.enum(['thoughts', 'media', 'milestones']),
  media_url: z._default(z.optional(z.nullable(z.string())), null),
  created_at: z.string(),
  updated_at: z.string(),
  parent: z._default(z.optional(z.nullable(z.number())), null),
  target_profile: z._default(z.optional(z.unknown()), null),
  reply_count: z._default(z.optional(z.number()), 0),
  likes_count: z.number(),
  comment_count: z.number(),
  shares_count: z.number(),
  is_liked: z._default(z.optional(z.boolean()), false),
  visibility: z._default(z.optional(z.enum(['public', 'friends'])), 'public'),
});

export type Post = z.infer<typeof postSchema>;
export type PostType = Post['type'];

/** `home`, or a member's page by username. */
export const feed = family(
  'feed',
  (whose: string) => (whose === home ? '/api/posts/' : `/api/posts/?username=${encodeURIComponent(whose)}`),
  z.array(postSchema),
);

/** No username can be this one: names have at least one letter. */
export const home = '*';

export const post = family('post', (id: number) => `/api/posts/${id}/`, postSchema);
export const replies = family('replies', (id: number) => `/api/posts/${id}/replies/`, z.array(postSchema));

/** Change one post in every list that holds it. */
export const changeIn =
  (id: number, change: (one: Post) => Post) =>
  (list: Post[]): Post[] =>
    list.some((one) => one.id === id) ? list.map((one) => (one.id === id ? change(one) : one)) : list;

export const changeOne =
  (id: number, change: (one: Post) => Post) =>
  (one: Post): Post =>
    one.id === id ? change(one) : one;

/** Change every copy of a post. */
export function changeCopies(cache: Cache, id: number, change: (one: Post) => Post): void {
  cache.updateAll(feed, changeIn(id, change));
  cache.updateAll(replies, changeIn(id, change));
  cache.updateAll(post, changeOne(id, change));
}

export const addIn =
  (one: Post) =>
  (list: Post[]): Post[] =>
    list.some((other) => other.id === one.id) ? list : [one, ...list];

/** A new post of a friend's: into the home feed, and onto the page of whoever wrote it. */
export function addPost(cache: Cache, one: Post): void {
  cache.update(feed(home), addIn(one));
  cache.update(feed(one.author.username), addIn(one));
}

/** A comment is told once or twice (its author mentions the post's author): it is counted once. */
export function addComment(cache: Cache, postId: number, comment: Post): void {
  cache.update(replies(postId), (list) => (list.some((other) => other.id === comment.id) ? list : [...list, comment]));
}

/** Counts of a post somebody is looking at, as they move. */
export function foldActivity(cache: FoldingCache, activity: Activity): void {
  const change = (one: Post): Post => ({ ...one, likes_count: activity.likes, comment_count: activity.comments });
  everywhere(cache, activity.post_id, change);
}

export function everywhere(cache: FoldingCache, id: number, change: (one: Post) => Post): void {
  cache.writeAll(feed, changeIn(id, change));
  cache.writeAll(replies, changeIn(id, change));
  cache.writeAll(post, changeOne(id, change));
}
