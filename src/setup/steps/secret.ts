import { SECRET_PLACE } from '../hub-walk.ts';
import { SECRET_KEY } from '../secret-changes.ts';
import { type Journey, report, type Step } from '../step.ts';
import { type EnvChange, type EnvEdit, type KeyEdit, previewEnv, writeEnv } from '../write-env.ts';

/** The secret, and what else was given in this run, into the env file; nothing else in it is touched. */
export const secret: Step = {
  id: 'secret',
  title: 'Secret',
  async look(journey) {
    const { path } = journey.ports.env;
    const edit = await previewOf(journey);
    if (journey.secret === undefined) {
      const isMade = journey.way === 'api' && !journey.isTokenRefused;
      return report(
        'to do',
        isMade
          ? `made here, given to Intercom and written into ${path}`
          : `the app's client secret, asked for in the walk, into ${path}`,
      );
    }
    if (!edit.isChanged) return report('done', `${path} has it`);
    const isOther = edit.keys.some(({ action }) => action === 'changed');
    return report(isOther ? 'differs' : 'to do', `${path}: ${describe(edit, 'to be ')}`);
  },
  async apply(journey) {
    const { ports } = journey;
    if (journey.secret === undefined) {
      if (ports.person === undefined)
        return report('left', `not known here. ${SECRET_PLACE}`, ports.command('secret set'));
      ports.show('The secret', [SECRET_PLACE], []);
      journey.secret = await ports.person.askSecret();
    }
    const { env } = ports;
    const edit = await writeEnv(env.target, () => envChanges(journey), env.options);
    journey.isSecretNew ||= edit.keys.some(({ key, action }) => key === SECRET_KEY && action !== 'unchanged');
    const warnings = edit.warnings.map((warning) => `. ${warning}`).join('');
    if (!edit.isChanged) return report('done', `${env.path} has it already${warnings}`);
    const ignored = edit.ignoredBy === null ? '' : `; ${edit.ignoredBy} ignores the file now`;
    return report('changed', `${env.path}: ${describe(edit, '')}${ignored}${warnings}`);
  },
};

export function previewOf(journey: Journey): Promise<EnvEdit> {
  const { env } = journey.ports;
  return previewEnv(env.target, () => envChanges(journey), env.options);
}

/** What belongs into the env file by the answers of this run. */
function envChanges({ answers, secret: value }: Journey): readonly EnvChange[] {
  return [
    ...(answers.newToken ? [{ key: 'INTERCOM_ACCESS_TOKEN', value: answers.newToken }] : []),
    ...(value ? [{ key: SECRET_KEY, value }] : []),
    ...(answers.isUrlNew ? [{ key: 'INTERCOM_WEBHOOK_URL', value: answers.url.href }] : []),
    ...(answers.newRegion ? [{ key: 'INTERCOM_REGION', value: answers.newRegion }] : []),
  ];
}

function describe({ keys }: EnvEdit, tense: string): string {
  const open = keys.filter(({ action }) => action !== 'unchanged');
  const groups = [
    { word: 'changed', edits: open.filter(({ action }) => action === 'changed') },
    { word: 'written', edits: open.filter(({ action }) => action !== 'changed') },
  ].filter(({ edits }) => edits.length > 0);
  return groups.map(({ word, edits }) => `${namesOf(edits)} ${tense}${word}`).join(', ');
}

function namesOf(edits: readonly KeyEdit[]): string {
  const names = edits.map(({ key, line }) => `${key} (line ${line})`);
  return names.length === 1 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
