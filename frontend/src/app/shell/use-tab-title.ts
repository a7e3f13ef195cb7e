/** "(3) NUMENEON", a dot on the favicon, a number on the installed icon: the same count, three places. */
import { useEffect } from 'react';
import { useLocation } from 'react-router';

export function useTabTitle(count: number): void {
  const { pathname } = useLocation();
  useEffect(() => {
    // Pages set their own name in data-title on <main>'s first heading; the tab reads it after they have rendered.
    const update = () => {
      const heading = document.querySelector('main h1')?.textContent;
      const name = pathname !== '/' && heading ? `${heading} · NUMENEON` : 'NUMENEON';
      document.title = count > 0 ? `(${count > 99 ? '99+' : count}) ${name}` : name;
    };
    update();
    const main = document.getElementById('main');
    if (!main) return;
    const observer = new MutationObserver(update);
    observer.observe(main, { childList: true, subtree: true, characterData: true });
    return () => observer.disconnect();
  }, [count, pathname]);

  useEffect(() => {
    const icon = document.getElementById('favicon');
    if (icon instanceof HTMLLinkElement) icon.href = count > 0 ? '/assets/favicon-dot.svg' : '/assets/favicon.svg';
    if ('setAppBadge' in navigator) {
      const told = count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge();
      told.catch(() => undefined); // Not installed, or not allowed: the badge is a courtesy.
    }
  }, [count]);
}
