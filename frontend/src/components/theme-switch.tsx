import { t } from 'i18next';
import { switchTheme, useTheme } from '@/lib/theme.ts';
import { MoonIcon, SunIcon } from './icon.tsx';

export function ThemeSwitch() {
  const theme = useTheme();
  return (
    <button
      type="button"
      className="icon-button"
      onClick={switchTheme}
      aria-label={t(`theme.to_${theme === 'dark' ? 'light' : 'dark'}`)}
    >
      {theme === 'dark' ? <SunIcon /> : <MoonIcon />}
    </button>
  );
}
