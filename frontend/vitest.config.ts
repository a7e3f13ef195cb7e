import { defineConfig, mergeConfig } from 'vitest/config';
import app from './vite.config.ts';

// Days begin at the same moment wherever the tests run; src/testing/setup.ts says which moment it is.
process.env.TZ = 'UTC';

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
