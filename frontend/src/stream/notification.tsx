/**
 * What a type of entry means to this client: one file per type, found by `import.meta.glob`.
 * A visible one says how it looks and where it leads; a silent one only changes what is on screen.
 */
import type { ComponentType, ReactNode } from 'react';
import * as z from 'zod/mini';
import type { Icon } from '@/components/icon.tsx';
import { Sentence } from '@/components/sentence.tsx';
import type { Hue } from '@/lib/hue.ts';
import { learnWords, type Words } from '@/lib/i18n.ts';
import type { Person } from '@/lib/person.ts';
import type { Cache } from './cache.ts';
import { foldInto, type InboxEffect, inbox, type Settled, type TakenBack } from './inbox.ts';

/** Who, and how many in all; a group of one is an ordinary notification. */
interface Subject {
  people: readonly Person[];
  count: number;
  link: string;
}

/** What an answer inside a toast or a row needs to know. */
export interface ActionProps {
  people: readonly Person[];
  link: string;
  /** Called when the thing has been answered and may leave. */
  done(): void;
}

interface Base<Members> {
  /** The type's own members, validated once. */
  members: z.ZodMiniType<Members>;
  /** Fold the fact into the copies. Pure, and harmless when repeated. */
  apply(cache: Cache, n: Members & Stamp): void;
  /** What it takes out of the inbox: it never happened. */
  takesBack?(n: Members): readonly TakenBack[];
  /** What it answers: rows that ask for nothing any more. */
  settles?(n: Members): Settled;
}

interface Stamp {
  seq: number;
  at: string;
}

interface Visible<Members> {
  icon: Icon;
  hue: Hue | ((n: Members) => Hue);
  /** Who did it, the latest first. */
  people(n: Members): readonly Person[];
  /** How many did it, who need not all be named. */
  count?(n: Members): number;
  /** Unread rows of one type and target are one row; by default it is about whoever did it. */
  target?(n: Members): string;
  /** English words that come with this file. Without them, the strings have `notification.<type>`. */
  words?: Words;
  /** By default the sentence of these words. */
  text?(subject: Subject): ReactNode;
  /** The second line: what was said. */
  detail?(n: Members): string | null;
  link(n: Members): string;
  /** Chat has its own badge and keeps out of the inbox. */
  inbox?: boolean;
  /** Feeds announce themselves with a pill, not with a toast. */
  toast?: boolean;
  Actions?: ComponentType<ActionProps>;
}

export type Definition<Members> = Base<Members> & ((Visible<Members> & { silent?: never }) | { silent: true });

export interface News {
  icon: Icon;
  hue: Hue;
  people: readonly Person[];
  count: number;
  target: string;
  text: ReactNode;
  detail: string | null;
  link: string;
  /** In the server's words, for the live region. */
  words: string;
  toast: boolean;
  inbox: boolean;
  Actions: ComponentType<ActionProps> | null;
}

/** An entry this client understands, bound to its meaning. */
export interface Understood extends Stamp {
  type: string;
  /** Into every copy it concerns, the inbox included. */
  apply(cache: Cache): void;
  /** What to tell, or null when there is nothing to tell (silent, or my own act). */
  news(me: number): News | null;
}

interface Look {
  icon: Icon;
  hue: Hue | null;
  text(subject: Subject): ReactNode;
  Actions: ComponentType<ActionProps> | null;
}

export interface NotificationType {
  readonly type: string;
  /** A second feature's part in a type that another one defines. */
  readonly echo: boolean;
  /** Null when the entry does not have the shape this client knows: it is passed over, never guessed at. */
  understand(entry: unknown): Understood | null;
  /** How a row of the inbox looks; null for silent types. */
  readonly look: Look | null;
}

const stampSchema = z.object({
  seq: z.number(),
  at: z.string(),
  text: z._default(z.optional(z.string()), ''),
  link: z._default(z.optional(z.string()), ''),
  excerpt: z._default(z.optional(z.string()), ''),
  muted: z._default(z.optional(z.boolean()), false),
});

export function defineNotification<Members>(type: string, definition: Definition<Members>): NotificationType {
  if (!definition.silent && definition.words) learnWords(type, definition.words);
  return {
    type,
    echo: false,
    look: definition.silent
      ? null
      : {
          icon: definition.icon,
          hue: typeof definition.hue === 'function' ? null : definition.hue,
          text: (subject) => sentence(type, definition, subject),
          Actions: definition.Actions ?? null,
        },
    understand(entry) {
      const stamp = stampSchema.safeParse(entry);
      const members = definition.members.safeParse(entry);
      if (!stamp.success || !members.success) return null;
      const n = { ...members.data, ...stamp.data };
      const { seq, at, text, link, excerpt, muted } = stamp.data;
      /** Nobody is notified of themselves, nor of what they have muted. */
      const news = (me: number): News | null => {
        if (definition.silent || muted) return null;
        const told = tell(type, definition, n, text);
        return told.people.some((person) => person.id === me) ? null : told;
      };
      const effect = (me: number): InboxEffect => {
        const told = news(me);
        const joins = told?.inbox
          ? {
              seq,
              at,
              type,
              text,
              link: link || told.link,
              excerpt,
              people: told.people,
              count: told.count,
              target: told.target,
            }
          : null;
        return { takesBack: definition.takesBack?.(n) ?? [], settles: definition.settles?.(n) ?? null, joins };
      };
      return {
        seq,
        at,
        type,
        news,
        apply(cache) {
          definition.apply(cache, n);
          cache.update(inbox, (value) => foldInto(value, effect(cache.me)));
        },
      };
    },
  };
}

function sentence<Members>(type: string, definition: Visible<Members>, subject: Subject): ReactNode {
  return (
    definition.text?.(subject) ?? <Sentence id={`notification.${type}`} people={subject.people} count={subject.count} />
  );
}

function tell<Members>(type: string, definition: Visible<Members>, n: Members, words: string): News {
  const people = definition.people(n);
  const count = definition.count?.(n) ?? people.length;
  const link = definition.link(n);
  return {
    icon: definition.icon,
    hue: typeof definition.hue === 'function' ? definition.hue(n) : definition.hue,
    people,
    count,
    target: definition.target?.(n) ?? `person:${people[0]?.id}`,
    text: sentence(type, definition, { people, count, link }),
    detail: definition.detail?.(n) ?? null,
    words,
    link,
    toast: definition.toast ?? true,
    inbox: definition.inbox ?? true,
    Actions: definition.Actions ?? null,
  };
}

export type Registry = ReadonlyMap<string, NotificationType>;

export function createRegistry(types: Iterable<NotificationType>): Registry {
  const registry = new Map<string, NotificationType>();
  for (const type of types) {
    const known = registry.get(type.type);
    if (known && known.echo === type.echo) throw new Error(`Two files define ${type.type}`);
    registry.set(type.type, known ? together(known, type) : type);
  }
  return registry;
}

/** What a type changes in a feature that does not own it: a block takes somebody's posts away, and posts know how. */
export function defineEcho<Members>(type: string, definition: Base<Members>): NotificationType {
  return { ...defineNotification(type, { ...definition, silent: true }), echo: true };
}

function together(one: NotificationType, other: NotificationType): NotificationType {
  const [own, echo] = one.echo ? [other, one] : [one, other];
  return {
    ...own,
    understand(entry) {
      const meant = own.understand(entry);
      const also = echo.understand(entry);
      if (!meant || !also) return meant;
      return {
        ...meant,
        apply(cache) {
          meant.apply(cache);
          also.apply(cache);
        },
      };
    },
  };
}
