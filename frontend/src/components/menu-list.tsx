import * as Dropdown from '@radix-ui/react-dropdown-menu';
import { Fragment, type ReactNode } from 'react';
import type { MenuEntry } from './menu.tsx';

interface MenuListProps {
  label: string;
  face: ReactNode;
  entries: readonly MenuEntry[];
}

/** The list: cut, lit and reachable by arrow keys. Open from the start, because it was asked for. */
export function MenuList({ label, face, entries }: MenuListProps) {
  return (
    <Dropdown.Root modal={false} defaultOpen>
      <Dropdown.Trigger className="icon-button" aria-label={label}>
        {face}
      </Dropdown.Trigger>
      <Dropdown.Portal>
        <Dropdown.Content className="menu cut" align="end" sideOffset={4} collisionPadding={8}>
          {entries.map(({ icon: EntryIcon, label: name, danger, apart, run }) => (
            <Fragment key={name}>
              {apart && <Dropdown.Separator className="menu-line" />}
              <Dropdown.Item className={`menu-item ${danger ? 'menu-item-danger' : ''}`} onSelect={run}>
                <EntryIcon small />
                {name}
              </Dropdown.Item>
            </Fragment>
          ))}
        </Dropdown.Content>
      </Dropdown.Portal>
    </Dropdown.Root>
  );
}
