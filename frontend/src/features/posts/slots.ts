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
  target_profile: z._default(z.optional(z.nullable(personSchema)), null),
  reply_to_comment: z._default(z.optional(z.nullable(z.number())), null),
  reply_count: z._default(z.optional(z.number()), 0),
  likes_count: z.number(),
  comment_count: z.number(),
  shares_count: z.number(),
  is_liked: z._default(z.optional(z.boolean()), false),
  visibility: z._default(z.optional(z.enum(['public', 'friends'])), 'public'),
  /** Rises with every change of a count: smaller is older. */
  version: z._default(z.optional(z.number()), 0),
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
const changeIn =
  (id: number, change: (one: Post) => Post) =>
  (list: Post[]): Post[] =>
    list.some((one) => one.id === id) ? list.map((one) => (one.id === id ? change(one) : one)) : list;

const changeOne =
  (id: number, change: (one: Post) => Post) =>
  (one: Post): Post =>
    one.id === id ? change(one) : one;

/** Change every copy of a post. */
export function changeCopies(cache: Cache, id: number, change: (one: Post) => Post): void {
  cache.updateAll(feed, changeIn(id, change));
  cache.updateAll(replies, changeIn(id, change));
  cache.updateAll(post, changeOne(id, change));
}

interface Counts {
  version: number;
  likes?: number;
  comments?: number;
  shares?: number;
}

/** Counts come by many ways and in any order; the version says which are newer. */
const counted =
  ({ version, likes, comments, shares }: Counts) =>
  (one: Post): Post => {
    if (version < one.version) return one;
    const comment_count = comments ?? one.comment_count;
    return {
      ...one,
      version,
      likes_count: likes ?? one.likes_count,
      shares_count: shares ?? one.shares_count,
      comment_count,
      // Under a post these are its comments; under a comment, its answers, which are told apart.
      reply_count: one.parent === null ? comment_count : one.reply_count,
    };
  };

export function count(cache: Cache, id: number, counts: Counts): void {
  changeCopies(cache, id, counted(counts));
}

const addIn =
  (one: Post) =>
  (list: Post[]): Post[] =>
    list.some((other) => other.id === one.id) ? list : [one, ...list];

/** A new post: into the home feed, onto the page of whoever wrote it, and of whoever's wall it is on. */
export function addPost(cache: Cache, one: Post): void {
  cache.update(feed(home), addIn(one));
  cache.update(feed(one.author.username), addIn(one));
  if (one.target_profile) cache.update(feed(one.target_profile.username), addIn(one));
}

export const commentedSchema = z.object({
  post_id: z.number(),
  comment: postSchema,
  from_user: personSchema,
  comments: z.number(),
  version: z.number(),
  replies: z._default(z.optional(z.nullable(z.number())), null),
});

/** A comment joins its post's, which are so many now; what it answers has so many answers. */
export function addComment(cache: Cache, n: z.infer<typeof commentedSchema>): void {
  const { comment, replies: answers } = n;
  cache.update(replies(n.post_id), (list) =>
    list.some((other) => other.id === comment.id) ? list : [...list, comment],
  );
  count(cache, n.post_id, { version: n.version, comments: n.comments });
  const answered = comment.reply_to_comment;
  if (answered !== null && answers !== null) changeCopies(cache, answered, (one) => ({ ...one, reply_count: answers }));
}

export function removePost(cache: Cache, id: number): void {
  const without = (list: Post[]): Post[] => list.filter((one) => one.id !== id);
  cache.updateAll(feed, without);
  cache.updateAll(replies, without);
  cache.reload(post(id));
}

/** Counts of a post somebody is looking at, as they move. */
export function foldActivity(cache: FoldingCache, activity: Activity): void {
  const { post_id, likes, comments, version } = activity;
  everywhere(cache, post_id, counted({ likes, comments, version }));
}

export function everywhere(cache: FoldingCache, id: number, change: (one: Post) => Post): void {
  cache.writeAll(feed, changeIn(id, change));
  cache.writeAll(replies, changeIn(id, change));
  cache.writeAll(post, changeOne(id, change));
}
