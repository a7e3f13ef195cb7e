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

document.documentElement.lang = i18next.language;
document.documentElement.dir = i18next.dir();
