/**
 * News beside the bell. Timers stop while a toast is under the pointer or holds the focus; errors and nothing else wait
 * for ever. The list is a list, named "New", reached with F6; focus is never taken.
 */
import { t } from 'i18next';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router';
import { Avatar } from '@/components/avatar.tsx';
import { CloseIcon } from '@/components/icon.tsx';
import { useStore } from '@/lib/store.ts';
import type { Toast, ToastQueue } from '@/lib/toast-queue.ts';

/** At least five seconds, and as long as somebody is at it. */
const stays = 6000;

interface ToastsProps {
  queue: ToastQueue;
  /** In a demo pane the toasts stand in the pane, not in the corner of the window. */
  docked?: boolean;
}

export function Toasts({ queue, docked = false }: ToastsProps) {
  const toasts = useStore(queue);
  const list = useRef<HTMLOListElement>(null);
  const [paused, setPaused] = useState(false);

  useEffect(() => {
    const reach = (event: KeyboardEvent) => {
      if (event.key !== 'F6' || toasts.length === 0) return;
      event.preventDefault();
      list.current?.querySelector<HTMLElement>('a, button')?.focus();
    };
    document.addEventListener('keydown', reach);
    return () => document.removeEventListener('keydown', reach);
  }, [toasts.length]);

  useEffect(() => {
    if (toasts.length === 0) setPaused(false);
  }, [toasts.length]);

  return (
    <ol
      ref={list}
      className={docked ? 'toasts-docked' : 'toasts'}
      aria-label={t('toasts.label')}
      hidden={toasts.length === 0}
      onPointerEnter={() => setPaused(true)}
      onPointerLeave={() => setPaused(false)}
      onFocus={() => setPaused(true)}
      onBlur={() => setPaused(false)}
    >
      {toasts.map((toast) => (
        <ToastItem key={toast.id} toast={toast} paused={paused} onLeave={() => queue.dismiss(toast.id)} />
      ))}
    </ol>
  );
}

interface ToastItemProps {
  toast: Toast;
  paused: boolean;
  onLeave: () => void;
}

function ToastItem({ toast, paused, onLeave }: ToastItemProps) {
  const left = useRef(stays);
  const leave = useRef(onLeave);
  useEffect(() => {
    leave.current = onLeave;
  });
  useEffect(() => {
    if (paused || toast.kind === 'error') return;
    const started = Date.now();
    const timer = setTimeout(() => leave.current(), left.current);
    return () => {
      clearTimeout(timer);
      left.current -= Date.now() - started;
    };
  }, [paused, toast.kind]);

  const { icon: ToastIcon, people, action } = toast;
  const [person] = people;
  const words = (
    <>
      <p>{toast.text}</p>
      {toast.detail && <p className="dim clamp">{toast.detail}</p>}
    </>
  );
  return (
    <li className="toast cut" data-hue={toast.hue} role={toast.kind === 'error' ? 'alert' : undefined}>
      {person ? (
        <Avatar person={person}>
          <span className="glyph" data-hue={toast.hue}>
            <ToastIcon />
          </span>
        </Avatar>
      ) : (
        <span className="plain-icon">
          <ToastIcon />
        </span>
      )}
      {toast.link ? (
        <Link className="toast-words" to={toast.link} onClick={onLeave}>
          {words}
        </Link>
      ) : (
        <div>{words}</div>
      )}
      <div className="toast-does">
        {action && 'render' in action && action.render(onLeave)}
        {action && 'run' in action && (
          <button
            type="button"
            className="button cut"
            onClick={() => {
              onLeave();
              action.run();
            }}
          >
            {action.label}
          </button>
        )}
      </div>
      <button type="button" className="icon-button" aria-label={t('dismiss')} onClick={onLeave}>
        <CloseIcon small />
      </button>
    </li>
  );
}
