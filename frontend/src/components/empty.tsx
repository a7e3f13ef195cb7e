import type { ReactNode } from 'react';
import type { Icon } from './icon.tsx';

interface EmptyProps {
  icon: Icon;
  title: string;
  children?: ReactNode;
}

export function Empty({ icon: EmptyIcon, title, children }: EmptyProps) {
  return (
    <div className="empty">
      <EmptyIcon />
      <h2>{title}</h2>
      {children}
    </div>
  );
}
