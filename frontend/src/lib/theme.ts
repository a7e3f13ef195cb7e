/** Dark, whatever the system prefers, until the member asks for light. assets/theme.js applies the same rule before the first paint. */
import { createStore, useStore } from './store.ts';

export type Theme = 'dark' | 'light';

const theme = createStore<Theme>(document.documentElement.dataset.theme === 'light' ? 'light' : 'dark');

export function switchTheme(): void {
  const next = theme.get() === 'dark' ? 'light' : 'dark';
  localStorage.setItem('numeneon.theme', next);
  document.documentElement.dataset.theme = next;
  theme.set(next);
}

export function useTheme(): Theme {
  return useStore(theme);
}
