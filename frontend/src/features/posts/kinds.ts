/** The three streams, each with its icon and its hue, everywhere the same. */
import { type Icon, MediaIcon, MilestoneIcon, ThoughtIcon } from '@/components/icon.tsx';
import type { Hue } from '@/lib/hue.ts';
import type { PostType } from './slots.ts';

interface Kind {
  type: PostType;
  hue: Extract<Hue, 'thought' | 'media' | 'milestone'>;
  icon: Icon;
}

export const kinds: readonly Kind[] = [
  { type: 'thoughts', hue: 'thought', icon: ThoughtIcon },
  { type: 'media', hue: 'media', icon: MediaIcon },
  { type: 'milestones', hue: 'milestone', icon: MilestoneIcon },
];

export function hueOf(type: PostType): Kind['hue'] {
  return kinds.find((kind) => kind.type === type)?.hue ?? 'thought';
}
