import { resolve } from 'node:path';
import { systemClock } from '../adapters/clock.ts';
import { systemRandom } from '../adapters/system-random.ts';
import { AppError } from '../base/errors.ts';
import type { Settings } from '../base/settings.ts';
import { shellWord } from '../base/text.ts';
import type { Context, GithubStep, SettingsChange } from '../commands/context.ts';
import { type AskingOptions, createAsking } from './asking.ts';
import { packageVersion } from './globals.ts';
import type { ProcessOutput } from './output.ts';
import type { SettingsPlace } from './settings.ts';
import { onHangup } from './signals.ts';

export interface ContextOptions extends AskingOptions {
  readonly envFileFlag?: string | undefined;
  readonly profileFlag?: string | undefined;
  readonly cwd: string;
  /** What was typed after the name of the program. */
  readonly words?: readonly string[];
  /** The command writes the env file: it may be missing, also where it was named. */
  readonly writesEnvFile?: boolean;
}

export interface ProcessContext extends Context {
  /** Closes what was opened, newest first, so that the process can end by itself. */
  close(): Promise<void>;
}

/** Where ports and adapters meet. Whatever takes time to load is imported when a command first asks for it. */
export function createContext(options: ContextOptions): ProcessContext {
  const { output, abort, envFileFlag, profileFlag, writesEnvFile, environment, cwd, words = [] } = options;
  const closers: (() => Promise<void>)[] = [];
  const known = <T>(load: () => Promise<T>): (() => Promise<T>) => {
    let loaded: Promise<T> | undefined;
    return () => (loaded ??= load());
  };
  const place = (profile = profileFlag): SettingsPlace => ({
    environment,
    cwd,
    envFileFlag,
    profileFlag: profile,
    ...(writesEnvFile && { writesEnvFile }),
  });
  const load = async (profile?: string): Promise<Settings> => {
    const { loadSettings } = await import('./settings.ts');
    const settings = await loadSettings(place(profile));
    protectAll(settings, output);
    return settings;
  };
  const ownSettings = known(load);
  return {
    version: packageVersion(),
    output,
    cwd,
    clock: systemClock,
    random: systemRandom,
    signal: abort.signal,
    command: (next, profile = profileFlag) => typed([next], { '--env-file': envFileFlag, '--profile': profile }),
    retyped: (change) => typed(change(words).map(shellWord)),
    settings: (profile) => (profile === undefined ? ownSettings() : load(profile)),
    async onSettingsChange(told) {
      const { findSources } = await import('./settings.ts');
      const { watchFile } = await import('../adapters/file-watch.ts');
      const readAgain = async (why: SettingsChange['why']): Promise<void> => {
        try {
          told({ why, settings: await load(profileFlag) });
        } catch (problem) {
          if (!(problem instanceof AppError)) throw problem;
          told({ why, problem });
        }
      };
      const { path } = (await findSources(place())).envFile;
      const unwatch = watchFile(resolve(cwd, path), () => void readAgain('env-file'));
      const unhook = onHangup(() => void readAgain('SIGHUP'));
      closers.push(async () => {
        unwatch();
        unhook();
      });
    },
    async profiles() {
      const { readProfiles } = await import('./settings.ts');
      return Object.keys(await readProfiles(cwd));
    },
    http: known(async () => {
      const { createHttp } = await import('../adapters/http.ts');
      const { proxySettings } = await import('../adapters/proxy.ts');
      const http = createHttp({ proxies: proxySettings(environment) });
      closers.push(() => http.close());
      return http;
    }),
    async line(options) {
      const { createLine } = await import('../adapters/line.ts');
      const { proxySettings } = await import('../adapters/proxy.ts');
      const line = createLine(proxySettings(environment), options);
      closers.push(() => line.http.close());
      return line;
    },
    async envTarget(profile) {
      const { findSources } = await import('./settings.ts');
      const { createEnvTarget } = await import('../adapters/env-target.ts');
      const { path } = (await findSources(place(profile))).envFile;
      return createEnvTarget({ cwd, path, environment });
    },
    async envFileState(profile) {
      const { findSources } = await import('./settings.ts');
      const { readEnvFileState } = await import('../adapters/git.ts');
      const { path } = (await findSources(place(profile))).envFile;
      return readEnvFileState(resolve(cwd, path), path, environment);
    },
    ...(environment['GITHUB_ACTIONS'] === 'true' && { github: githubStep(environment['GITHUB_STEP_SUMMARY'], output) }),
    async save(path, text) {
      const { writeReport } = await import('../adapters/report-file.ts');
      await writeReport(resolve(cwd, path), path, output.redact(text));
    },
    async startChild(start, extra) {
      const { startChild } = await import('../adapters/child.ts');
      const child = startChild({ ...start, cwd, environment: { ...withoutOwnSettings(environment), ...extra } });
      closers.push(() => child.stop());
      return child;
    },
    async freePort() {
      return (await import('../adapters/free-port.ts')).freePort();
    },
    async keepPrivate(name, text) {
      const { writePrivate } = await import('../adapters/private-file.ts');
      const file = await writePrivate(name, text);
      closers.push(() => file.remove());
      return file.path;
    },
    input: {
      async bytes(source, maxBytes) {
        const { readInput } = await import('../adapters/input.ts');
        return readInput(source === '-' ? source : resolve(cwd, source), maxBytes, process.stdin, abort.signal);
      },
      async secret() {
        const { readSecret } = await import('../adapters/input.ts');
        const secret = await readSecret(process.stdin, abort.signal);
        output.protect(secret);
        return secret;
      },
    },
    async openInbox(location, mode) {
      const { openInbox, passwordIn } = await import('../adapters/stores/index.ts');
      const { homedir } = await import('node:os');
      const password = passwordIn(location);
      if (password !== undefined) {
        const { Secret } = await import('../base/secret.ts');
        output.protect(new Secret(password));
      }
      const inbox = await openInbox(location, mode, { cwd, home: homedir(), stateHome: environment['XDG_STATE_HOME'] });
      closers.push(() => inbox.close());
      return inbox;
    },
    async loadHandlers(file, ears) {
      const { loadHandlerModule } = await import('../adapters/handler-module.ts');
      const handlers = await loadHandlerModule(resolve(cwd, file), file, environment, ears, abort.signal);
      closers.push(() => handlers.close());
      return handlers;
    },
    async listen(address, limits, application) {
      const { listen } = await import('../adapters/server.ts');
      return listen(address, limits, application);
    },
    usage() {
      const { user, system } = process.cpuUsage();
      return {
        residentBytes: process.memoryUsage.rss(),
        cpuSeconds: (user + system) / 1e6,
        startedAt: performance.timeOrigin,
      };
    },
    prompts: createAsking(options),
    protect: output.protect,
    async apart() {
      const { temporaryFolder } = await import('../adapters/temporary-folder.ts');
      const folder = await temporaryFolder('propiq-sandbox-');
      closers.push(folder.remove);
      const { errorPaint } = options;
      const inner = createContext({ output, abort, errorPaint, canPrompt: false, environment: {}, cwd: folder.path });
      closers.push(inner.close);
      const { onlyLoopback } = await import('../adapters/loopback-http.ts');
      return {
        ...inner,
        http: async () => onlyLoopback(await inner.http()),
        async line(asked) {
          const { http, sockets } = await inner.line(asked);
          return { http: onlyLoopback(http), sockets };
        },
      };
    },
    async close() {
      for (const close of closers.reverse()) await close();
    },
  };
}

const OWN_SETTINGS = /^(?:INTERCOM_(?:WEBHOOK_SECRET|CLIENT_SECRET|ACCESS_TOKEN)|PROPIQ_INTERCOM_)/i;

/** Secrets, and what steers this tool, are no business of a program that it starts. */
function withoutOwnSettings(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const others = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !OWN_SETTINGS.test(entry[0]),
  );
  return Object.fromEntries(others);
}

/** What GitHub hands to a step: a file that is shown as the page of the run. */
function githubStep(summaryFile: string | undefined, output: ProcessOutput): GithubStep {
  if (!summaryFile) return {};
  return {
    async appendSummary(page) {
      const { appendFile } = await import('node:fs/promises');
      try {
        await appendFile(summaryFile, output.redact(page));
      } catch (error) {
        output.warn(`The step summary cannot be written: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}

/** Secrets are hidden from all output as soon as they are known, also those that are found unusable later. */
function protectAll(settings: Settings, output: ProcessOutput): void {
  for (const key of ['secret', 'previousSecret', 'token'] as const) {
    for (const { value } of settings.all(key)) output.protect(value);
  }
}

function typed(words: readonly string[], flags: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined ? [] : [`${flag} ${shellWord(value)}`],
  );
  return ['propiq-intercom', ...words, ...given].join(' ');
}
