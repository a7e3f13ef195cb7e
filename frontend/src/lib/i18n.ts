/** Strings are keys everywhere; English is the one that ships. A second language is a second file here. */
import i18next from 'i18next';
import { en } from './strings.en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

void i18next.init({
  lng: 'en',
  fallbackLng: 'en',
  resources: { en: { translation: en } },
  interpolation: { escapeValue: false },
  initAsync: false,
});

/** What a type of notification says, where its own file brings the words. */
export interface Words {
  /** With `{{who}}` in it. */
  sentence: string;
  /** What the settings call it. */
  wish: string;
}

export function learnWords(type: string, { sentence, wish }: Words): void {
  const strings = { notification: { [type]: sentence }, settings: { notifications: { type: { [type]: wish } } } };
  i18next.addResourceBundle('en', 'translation', strings, true);
}

/** The settings' word for a type; null for one that nobody has named. */
export function wishWord(type: string): string | null {
  const key = `settings.notifications.type.${type}`;
  return i18next.exists(key) ? String(i18next.t(key as never)) : null;
}

document.documentElement.lang = i18next.language;
document.documentElement.dir = i18next.dir();
