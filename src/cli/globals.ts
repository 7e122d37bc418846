import { readFileSync } from 'node:fs';

export interface Globals {
  readonly envFile?: string;
  readonly profile?: string;
  readonly json?: true;
  readonly color: boolean;
  readonly input: boolean;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** What the exit codes mean, for the help page. Never renumber. */
export const EXIT_CODES = [
  { name: '0', summary: 'the asked effect holds' },
  { name: '1', summary: 'findings: a check failed, a status was not the expected one, a signature does not match' },
  { name: '2', summary: 'usage or configuration error; nothing was sent or written' },
  { name: '3', summary: 'could not judge: the target is unreachable' },
  { name: '4', summary: "Intercom's API refused" },
  { name: '5', summary: 'local input or output: env file, inbox, port in use' },
  { name: '70', summary: 'a bug in this tool' },
  { name: '130', summary: 'interrupted (143: terminated)' },
] as const;

/** What is printed without arguments: the way through, in four steps. */
export function home(dim: (text: string) => string): string {
  const steps = [
    ['setup', 'from nothing to a proven webhook'],
    ['verify', 'say what is wrong with it, and why'],
    ['send-test user.created', 'send what Intercom sends'],
    ['serve', 'receive: verify, store, answer'],
  ] as const;
  const lines = steps.map(([line, about], at) => `  ${at + 1}. propiq-intercom ${line.padEnd(22)}  ${dim(about)}`);
  const more = [
    'To see it all at once, without an account: propiq-intercom setup --sandbox',
    'More: propiq-intercom --help',
  ];
  return ['propiq-intercom gets an Intercom webhook right:', '', ...lines, '', ...more].join('\n');
}

/** The version of the package that this file belongs to. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
