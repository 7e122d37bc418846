/** What holds for handlers unless something else is asked for. */
export const USUAL_HANDLING = { concurrency: 10, timeoutMs: 30_000, maxAttempts: 8, retryDelayMs: 5000 } as const;
