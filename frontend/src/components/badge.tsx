import type { Hue } from '@/lib/hue.ts';

interface BadgeProps {
  count: number;
  hue: Hue;
}

/** Decoration of a control whose name says the number already. It lands anew whenever it grows. */
export function Badge({ count, hue }: BadgeProps) {
  if (count <= 0) return null;
  return (
    <span className="badge lands" data-hue={hue} aria-hidden="true" key={count}>
      {count > 99 ? '99+' : count}
    </span>
  );
}
