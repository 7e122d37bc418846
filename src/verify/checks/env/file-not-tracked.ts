import { defineCheck, fail, pass, skip, type Verdict } from '../../check.ts';
import type { EnvFileState } from '../../ports.ts';

/** What git has once seen stays in its history, in every clone. */
export const fileNotTracked = defineCheck({
  id: 'env/file-not-tracked',
  title: 'The env file is ignored by git and not tracked',
  kind: 'local',
  needs: [],
  observe: ({ local }) => local.envFile(),
  judge: judgeState,
  explain: {
    why: 'An env file holds the secret that proves a notification to be from Intercom. In a repository everybody who can read it can forge notifications, and deleting the file later does not take it out of the history.',
    fix: 'Add the file to .gitignore and run git rm --cached on it. If it was ever pushed, replace the secret: whether Intercom can rotate a client secret is not documented, so that may mean a new app.',
  },
});

function judgeState(file: EnvFileState): Verdict {
  const { path } = file;
  if (file.state === 'missing') return skip(`There is no ${path}.`);
  if (file.state === 'no-git') return skip('git is not installed here.');
  if (file.state === 'no-repository') return skip(`${path} is in no git repository.`);
  if (file.state === 'unknown') return skip(`git could not say: ${file.why}`);
  const expected = 'ignored and not tracked';
  if (file.isTracked) {
    return fail(`${path} is tracked by git: the secrets in it are in the history of the repository.`, {
      expected,
      actual: 'tracked',
      remedy: `git rm --cached ${quoted(path)} && echo ${quoted(ignoreLine(path))} >> .gitignore; then replace the secrets in it.`,
    });
  }
  if (!file.isIgnored) {
    return fail(`${path} is not ignored by git: the next "git add ." takes the secrets in it along.`, {
      expected,
      actual: 'not tracked, not ignored',
      remedy: `echo ${quoted(ignoreLine(path))} >> .gitignore`,
    });
  }
  return pass(`${path} is ignored and not tracked`);
}

const ignoreLine = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
const quoted = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
