/**
 * What a type of entry means to this client: one file per type, found by `import.meta.glob`.
 * A visible one says how it looks and where it leads; a silent one only changes what is on screen.
 */
import type { ComponentType, ReactNode } from 'react';
import * as z from 'zod/mini';
import type { Icon } from '@/components/icon.tsx';
import type { Hue } from '@/lib/hue.ts';
import type { Person } from '@/lib/person.ts';
import type { Cache } from './cache.ts';

/** Who, and how many in all; a group of one is an ordinary notification. */
export interface Subject {
  people: readonly Person[];
  count: number;
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
}

interface Stamp {
  seq: number;
  at: string;
}

interface Visible<Members> {
  icon: Icon;
  hue: Hue | ((n: Members) => Hue);
  people(n: Members): readonly Person[];
  text(subject: Subject): ReactNode;
  /** The second line: what was said. */
  detail?(n: Members): string | null;
  link(n: Members): string;
  /** Whether this one is news to me; my own acts on another device are not. */
  isNews?(n: Members, me: number): boolean;
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
  text: ReactNode;
  detail: string | null;
  link: string;
  toast: boolean;
  inbox: boolean;
  Actions: ComponentType<ActionProps> | null;
}

/** An entry this client understands, bound to its meaning. */
export interface Understood extends Stamp {
  type: string;
  apply(cache: Cache): void;
  /** What to tell, or null when there is nothing to tell (silent, or my own act). */
  news(me: number): News | null;
}

export interface Look {
  icon: Icon;
  hue: Hue | null;
  text(subject: Subject): ReactNode;
  Actions: ComponentType<ActionProps> | null;
}

export interface NotificationType {
  readonly type: string;
  /** Null when the entry does not have the shape this client knows: it is passed over, never guessed at. */
  understand(entry: unknown): Understood | null;
  /** How a row of the inbox looks; null for silent types. */
  readonly look: Look | null;
}

const stampSchema = z.object({ seq: z.number(), at: z.string() });

export function defineNotification<Members>(type: string, definition: Definition<Members>): NotificationType {
  return {
    type,
    look: definition.silent
      ? null
      : {
          icon: definition.icon,
          hue: typeof definition.hue === 'function' ? null : definition.hue,
          text: definition.text,
          Actions: definition.Actions ?? null,
        },
    understand(entry) {
      const stamp = stampSchema.safeParse(entry);
      const members = definition.members.safeParse(entry);
      if (!stamp.success || !members.success) return null;
      const n = { ...members.data, ...stamp.data };
      return {
        ...stamp.data,
        type,
        apply: (cache) => definition.apply(cache, n),
        news: (me) => (definition.silent || definition.isNews?.(n, me) === false ? null : tell(definition, n)),
      };
    },
  };
}

function tell<Members>(definition: Visible<Members>, n: Members): News {
  const people = definition.people(n);
  return {
    icon: definition.icon,
    hue: typeof definition.hue === 'function' ? definition.hue(n) : definition.hue,
    people,
    text: definition.text({ people, count: people.length }),
    detail: definition.detail?.(n) ?? null,
    link: definition.link(n),
    toast: definition.toast ?? true,
    inbox: definition.inbox ?? true,
    Actions: definition.Actions ?? null,
  };
}

export type Registry = ReadonlyMap<string, NotificationType>;

export function createRegistry(types: Iterable<NotificationType>): Registry {
  const registry = new Map<string, NotificationType>();
  for (const type of types) {
    if (registry.has(type.type)) throw new Error(`Two files define ${type.type}`);
    registry.set(type.type, type);
  }
  return registry;
}
