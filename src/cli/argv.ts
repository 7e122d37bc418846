import { AppError } from '../base/errors.ts';

/** Flags that people expect to take a secret. There are none: a command line is seen by every user of the machine and kept in its history. */
const SECRET_FLAG = /^--?(?:(?:webhook|client|hub|signing|api|access)-?)?(?:secret|token|key|password)(?:=|$)/i;
const SECRET_VALUE =
  /whsec_[A-Za-z0-9+/_-]{6,}|dG9rO[A-Za-z0-9+/=_-]{10,}|^INTERCOM_(?:WEBHOOK_SECRET|CLIENT_SECRET|ACCESS_TOKEN)\w*=./;

/**
 * Refuses secrets on the command line before anything could repeat them.
 * @throws AppError `usage/secret-in-arguments`; it never contains the value
 */
export function refuseSecrets(args: readonly string[]): void {
  const at = args.findIndex((arg) => SECRET_FLAG.test(arg) || SECRET_VALUE.test(arg));
  if (at === -1) return;
  const flag = /^--?[a-z-]+/i.exec(args[at] ?? '')?.[0];
  throw new AppError('usage/secret-in-arguments', {
    what: flag ? `${flag} is not a way to give a secret` : `Argument ${at + 1} looks like a secret`,
    why: 'Whatever stands on a command line can be read by every user of the computer and stays in the history of the shell.',
    hint: 'Put INTERCOM_WEBHOOK_SECRET=… into .env, or pipe it in: printf %s "$SECRET" | propiq-intercom … --secret-stdin',
  });
}

/** Whether an error must be told as JSON: looked up before anything is parsed, since parsing may be what fails. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end === -1 ? args : args.slice(0, end)).includes('--json');
}
