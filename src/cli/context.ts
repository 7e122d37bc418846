import { resolve } from 'node:path';
import { systemClock } from '../adapters/clock.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { Secret } from '../base/secret.ts';
import type { Settings } from '../base/settings.ts';
import type { Context } from '../commands/context.ts';
import type { ProcessOutput } from './output.ts';
import { Interrupted } from './signals.ts';
import { packageVersion } from './version.ts';

export interface ContextOptions {
  readonly output: ProcessOutput;
  readonly abort: AbortController;
  readonly canPrompt: boolean;
  readonly envFileFlag?: string | undefined;
  readonly profileFlag?: string | undefined;
}

export interface ProcessContext extends Context {
  /** Closes what was opened, newest first, so that the process can end by itself. */
  close(): Promise<void>;
}

/** Where ports and adapters meet. Whatever takes time to load is imported when a command first asks for it. */
export function createContext({ output, abort, canPrompt, envFileFlag, profileFlag }: ContextOptions): ProcessContext {
  const cwd = process.cwd();
  const closers: (() => Promise<void>)[] = [];
  const known = <T>(load: () => Promise<T>): (() => Promise<T>) => {
    let loaded: Promise<T> | undefined;
    return () => (loaded ??= load());
  };
  const ask = known(async () => {
    const { createAsk } = await import('../adapters/prompts.ts');
    return createAsk(process.stderr, () => abort.abort(new Interrupted('SIGINT')));
  });
  const keep = (secret: Secret): Secret => {
    output.protect(secret);
    return secret;
  };
  return {
    version: packageVersion(),
    output,
    cwd,
    clock: systemClock,
    random: systemRandom,
    signal: abort.signal,
    settings: known(async () => {
      const { loadSettings } = await import('./settings.ts');
      const settings = await loadSettings({ environment: process.env, cwd, envFileFlag, profileFlag });
      protectAll(settings, output);
      return settings;
    }),
    http: known(async () => {
      const { createHttp } = await import('../adapters/http.ts');
      const { proxySettings } = await import('../adapters/proxy.ts');
      const http = createHttp({ proxies: proxySettings(process.env) });
      closers.push(() => http.close());
      return http;
    }),
    input: {
      async bytes(source, maxBytes) {
        const { readInput } = await import('../adapters/input.ts');
        return readInput(source === '-' ? source : resolve(cwd, source), maxBytes, process.stdin, abort.signal);
      },
      async secret() {
        const { readSecret } = await import('../adapters/input.ts');
        return keep(await readSecret(process.stdin, abort.signal));
      },
    },
    prompts: {
      can: canPrompt,
      confirm: async (question) => (await ask())<boolean>({ type: 'confirm', message: question, default: false }),
      secret: async (question) =>
        keep(new Secret(await (await ask())<string>({ type: 'password', message: question, mask: '*' }))),
    },
    async close() {
      for (const close of closers.reverse()) await close();
    },
  };
}

/** Secrets are hidden from all output as soon as they are known, also those that are found unusable later. */
function protectAll(settings: Settings, output: ProcessOutput): void {
  for (const key of ['secret', 'previousSecret', 'token'] as const) {
    for (const { value } of settings.all(key)) output.protect(value);
  }
}
