import '@testing-library/jest-dom/vitest';
import '@/lib/i18n.ts';
import { cleanup, configure } from '@testing-library/react';
import { afterEach, beforeEach, vi } from 'vitest';

// A page is loaded when it is first opened, which on a busy machine takes longer than the second that is waited by default.
configure({ asyncUtilTimeout: 5000 });

vi.mock('@numeneon/stream-client', () => import('./fake-stream.ts'));

class Observer {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

/** Half past eight in the morning, wherever the tests run: at other hours "yesterday" is another day, and some hours are quiet. */
const MORNING = new Date('2026-11-23T08:30:00Z');

/** What jsdom has no layout for: everything is on screen, nothing is narrow, and a list has room for its rows. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: MORNING, shouldAdvanceTime: true });
  vi.stubGlobal('IntersectionObserver', Observer);
  vi.stubGlobal('ResizeObserver', Observer);
  vi.stubGlobal('matchMedia', (query: string) => ({
    matches: false,
    media: query,
    addEventListener() {},
    removeEventListener() {},
  }));
  Element.prototype.scrollIntoView = () => undefined;
  Element.prototype.scrollTo = () => undefined;
  Element.prototype.hasPointerCapture = () => false;
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(40);
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(800);
  localStorage.clear();
  sessionStorage.clear();
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  document.body.innerHTML = '';
  document.documentElement.removeAttribute('data-connection');
});
