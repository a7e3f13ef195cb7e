import { defineConfig, mergeConfig } from 'vitest/config';
import app from './vite.config.ts';

export default defineConfig({
  test: {
    projects: [
      mergeConfig(app, {
        test: {
          name: 'app',
          environment: 'jsdom',
          include: ['src/**/*.test.{ts,tsx}'],
          setupFiles: ['src/testing/setup.ts'],
          restoreMocks: true,
          testTimeout: 15_000,
        },
      }),
      'packages/*',
    ],
  },
});
