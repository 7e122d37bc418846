import type { Command } from './command.ts';

/** A command's name and summary; its flags and its code are loaded when it is asked for. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load?: () => Promise<Command>;
  readonly children?: readonly CommandEntry[];
}

/** Flags that every command takes. */
export const GLOBAL_FLAGS = [
  { spec: '--env-file <file>', about: 'read the INTERCOM_… settings from this file (default: .env)' },
  { spec: '--profile <name>', about: 'use a profile: a built-in one or one of propiq-intercom.config.json' },
  { spec: '--json', about: 'write JSON to standard output, errors included' },
  { spec: '--no-color', about: 'no colour' },
  { spec: '--no-input', about: 'never ask; what is missing is an error' },
  { spec: '-q, --quiet', about: 'only results and warnings' },
  { spec: '-v, --verbose', about: 'more about what happens' },
] as const;

/** In the order of the journey: help, completions and reference pages follow it. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'setup',
    summary: 'from nothing to a proven webhook',
    load: async () => (await import('./setup.ts')).setup,
  },
  {
    name: 'verify',
    summary: 'judge a deployed receiver',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'send-test',
    summary: 'sign and send realistic notifications',
    load: async () => (await import('./send-test.ts')).sendTest,
  },
  {
    name: 'serve',
    summary: 'the receiver: verify, store, acknowledge, handle',
    load: async () => (await import('./serve.ts')).serve,
  },
  {
    name: 'events',
    summary: 'what the receiver stored',
    children: [
      {
        name: 'list',
        summary: 'list events, newest first',
        load: async () => (await import('./events-list.ts')).eventsList,
      },
      {
        name: 'show',
        summary: 'show one event, or write its body byte for byte',
        load: async () => (await import('./events-show.ts')).eventsShow,
      },
      {
        name: 'export',
        summary: 'write all events as JSON, one a line',
        load: async () => (await import('./events-export.ts')).eventsExport,
      },
      {
        name: 'replay',
        summary: 'handle events once more, dead letters too',
        load: async () => (await import('./events-replay.ts')).eventsReplay,
      },
      {
        name: 'prune',
        summary: 'remove old events for good; their ids stay known',
        load: async () => (await import('./events-prune.ts')).eventsPrune,
      },
    ],
  },
  {
    name: 'topics',
    summary: 'what Intercom can notify of: meaning, permission, names, sample',
    children: [
      {
        name: 'list',
        summary: 'list the topics, all or those that match',
        load: async () => (await import('./topics-list.ts')).topicsList,
      },
      {
        name: 'show',
        summary: 'tell all about one topic, with a sample',
        load: async () => (await import('./topics-show.ts')).topicsShow,
      },
    ],
  },
  {
    name: 'signature',
    summary: 'sign bytes, check a signature, or find out why it does not match, without a network',
    children: [
      {
        name: 'sign',
        summary: 'print the signature of a body',
        load: async () => (await import('./signature-sign.ts')).signatureSign,
      },
      {
        name: 'check',
        summary: 'say whether a signature belongs to a body',
        load: async () => (await import('./signature-check.ts')).signatureCheck,
      },
      {
        name: 'explain',
        summary: 'find out why a signature does not match',
        load: async () => (await import('./signature-explain.ts')).signatureExplain,
      },
    ],
  },
  {
    name: 'sandbox',
    summary: 'a stand-in for Intercom on this computer, to try against',
    load: async () => (await import('./sandbox.ts')).sandbox,
  },
  {
    name: 'secret',
    summary: 'the webhook secret in the env file: write, rotate, check',
    children: [
      {
        name: 'set',
        summary: 'write the secret into the env file',
        load: async () => (await import('./secret-set.ts')).secretSet,
      },
      {
        name: 'rotate',
        summary: 'write a new secret, and keep the old one as the previous one',
        load: async () => (await import('./secret-rotate.ts')).secretRotate,
      },
      {
        name: 'check',
        summary: 'say whether the secret has a sound form, without printing it',
        load: async () => (await import('./secret-check.ts')).secretCheck,
      },
    ],
  },
  {
    name: 'explain',
    summary: 'say what a check or an error means, and how to mend it',
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'completion',
    summary: 'let the shell complete commands, flags, topics and ids',
    load: async () => (await import('./completion.ts')).completion,
  },
];
