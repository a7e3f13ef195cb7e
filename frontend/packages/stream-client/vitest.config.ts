import { defineProject } from 'vitest/config';

export default defineProject({ test: { name: 'stream-client', include: ['tests/**/*.test.ts'] } });
