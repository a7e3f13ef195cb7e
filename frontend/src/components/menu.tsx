/**
 * A menu behind a button. The machinery of menus (layers, collision, roving focus) is larger than most pages, so it is
 * fetched when somebody first reaches for one; until then the button is a button.
 */
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { type Icon, MoreIcon } from './icon.tsx';

const load = () => import('./menu-list.tsx');
const MenuList = lazy(async () => ({ default: (await load()).MenuList }));

export interface MenuEntry {
  icon: Icon;
  label: string;
  danger?: boolean;
  /** A line above it. */
  apart?: boolean;
  run: () => void;
}

interface MenuProps {
  /** What the button is called: "More about Luca". */
  label: string;
  /** What the button shows; three dots by default. */
  face?: ReactNode;
  entries: readonly MenuEntry[];
}

export function Menu({ label, face = <MoreIcon />, entries }: MenuProps) {
  const [wanted, setWanted] = useState(false);
  const button = (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      aria-haspopup="menu"
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => setWanted(true)}
    >
      {face}
    </button>
  );
  if (!wanted) return button;
  return (
    <Suspense fallback={button}>
      <MenuList label={label} face={face} entries={entries} />
    </Suspense>
  );
}
