import * as Dropdown from '@radix-ui/react-dropdown-menu';
import type { ReactNode } from 'react';
import { type Icon, MoreIcon } from './icon.tsx';

interface MenuProps {
  /** What the button is called: "More about Luca". */
  label: string;
  /** What the button shows; three dots by default. */
  face?: ReactNode;
  children: ReactNode;
}

/** A menu behind a button; the list is cut, lit and reachable by arrow keys. */
export function Menu({ label, face = <MoreIcon />, children }: MenuProps) {
  return (
    <Dropdown.Root modal={false}>
      <Dropdown.Trigger className="icon-button" aria-label={label}>
        {face}
      </Dropdown.Trigger>
      <Dropdown.Portal>
        <Dropdown.Content className="menu cut" align="end" sideOffset={4} collisionPadding={8}>
          {children}
        </Dropdown.Content>
      </Dropdown.Portal>
    </Dropdown.Root>
  );
}

interface MenuItemProps {
  icon: Icon;
  danger?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

export function MenuItem({ icon: ItemIcon, danger = false, onSelect, children }: MenuItemProps) {
  return (
    <Dropdown.Item className={`menu-item ${danger ? 'menu-item-danger' : ''}`} onSelect={onSelect}>
      <ItemIcon small />
      {children}
    </Dropdown.Item>
  );
}

interface MenuLinkProps {
  icon: Icon;
  children: ReactNode;
}

/** An item that is a link: wrap the router's Link around the words. */
export function MenuLink({ icon: ItemIcon, children }: MenuLinkProps) {
  return (
    <Dropdown.Item className="menu-item" asChild>
      <span>
        <ItemIcon small />
        {children}
      </span>
    </Dropdown.Item>
  );
}

export function MenuLine() {
  return <Dropdown.Separator className="menu-line" />;
}
