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
