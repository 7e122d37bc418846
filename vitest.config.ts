import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } }, // a second is little where every core is busy
    maxWorkers: 2,
    coverage: { provider: 'v8', include: ['src/{base,intercom,deliver,diagnosis,verify,receive}/**/*.ts'] },
  },
});
