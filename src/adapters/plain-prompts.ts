import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Checklist, Prompts } from '../base/prompts.ts';
import { Secret } from '../base/secret.ts';
import { cancelled, type PromptOptions } from './prompt-options.ts';

const PASTE_MARKS = ['\u001B[200~', '\u001B[201~'];
const [CTRL_C, CTRL_D, BACKSPACE, RUBOUT] = [3, 4, '\b', '\u007F'];
const MOST_SHOWN = 20;

/**
 * Questions for a terminal that cannot move its cursor (`TERM=dumb`): a line asked, a line answered. Whoever types Ctrl-C
 * sends a real signal there, but in a secret, which is read key by key so that nothing shows.
 */
export function createPlainPrompts(options: PromptOptions): Omit<Prompts, 'can'> {
  const { stdin, stderr, signal, onCancel, onSecret } = options;
  const say = (text: string): void => void stderr.write(`${text}\n`);

  async function line(question: string): Promise<string> {
    signal.throwIfAborted();
    stderr.write(`${question} `);
    const reader = createInterface({ input: stdin, terminal: false });
    try {
      const ended = once(reader, 'close', { signal }).then(() => undefined);
      const typed = once(reader, 'line', { signal }).then(([text]: unknown[]) => bare(String(text)));
      const answer = await Promise.race([typed, ended]);
      if (answer !== undefined) return answer.trim();
    } catch (cause) {
      throw cancelled(cause);
    } finally {
      reader.close();
    }
    onCancel();
    throw cancelled(undefined);
  }

  async function hidden(question: string): Promise<Secret> {
    signal.throwIfAborted();
    stdin.setRawMode(true); // first: whoever answers at once must not see the terminal echo it
    stderr.write(`${question} (nothing shows) `);
    stdin.resume();
    let typed = '';
    try {
      while (!/[\r\n]/.test(typed)) {
        const [part] = (await once(stdin, 'data', { signal })) as [Buffer];
        if (part.includes(CTRL_C) || part.includes(CTRL_D)) {
          onCancel();
          throw cancelled(undefined);
        }
        typed = withoutRubbedOut(bare(`${typed}${part.toString()}`));
      }
    } catch (cause) {
      throw signal.aborted ? cancelled(cause) : cause;
    } finally {
      stdin.setRawMode(false);
      stdin.pause();
      say('');
    }
    const secret = new Secret(typed.split(/[\r\n]/)[0] ?? '');
    onSecret(secret);
    return secret;
  }

  async function pick({ message, items, checked }: Checklist): Promise<readonly string[]> {
    say(`${message} these are marked:`);
    for (const value of checked) say(`  ${value}`);
    for (;;) {
      const answer = await line('Enter takes them; or the names of all you want, with commas; or ?word to search:');
      const names = answer.split(/[\s,]+/).filter((name) => name !== '');
      if (names.length === 0 && checked.length > 0) return checked;
      const word = /^\?(.*)/.exec(answer)?.[1]?.trim().toLowerCase();
      const unknown = names.filter((name) => !items.some(({ value }) => value === name));
      if (word !== undefined) {
        const found = items.filter((item) => `${item.name} ${item.words}`.toLowerCase().includes(word));
        for (const { name, asides } of found.slice(0, MOST_SHOWN)) say(`  ${name}  ${asides[0] ?? ''}`);
        if (found.length > MOST_SHOWN) say(`  and ${found.length - MOST_SHOWN} more`);
      } else if (unknown.length > 0) say(`! Not in the list: ${unknown.join(', ')}`);
      else if (names.length > 0) return items.map(({ value }) => value).filter((value) => names.includes(value));
    }
  }

  return {
    pick,
    async confirm(question, byDefault = false) {
      for (;;) {
        const answer = (await line(`${question} (${byDefault ? 'Y/n' : 'y/N'})`)).toLowerCase();
        if (answer === '') return byDefault;
        if ('yes'.startsWith(answer)) return true;
        if ('no'.startsWith(answer)) return false;
        say('! Answer yes or no.');
      }
    },
    async secret(question, refuse) {
      for (;;) {
        const secret = await hidden(question);
        const why = refuse?.(secret);
        if (why === undefined) return secret;
        say(`! ${why}`);
      }
    },
    async text({ message, initial, judge }) {
      for (let offered = initial; ;) {
        const answer = (await line(offered === undefined ? message : `${message} [${offered}]`)) || (offered ?? '');
        const judged = judge(answer);
        if (judged.fine) return answer;
        say(`! ${judged.problem}`);
        offered = judged.offer ?? offered;
      }
    },
    async choose(question, choices) {
      say(question);
      choices.forEach(({ name, about }, at) => say(`  ${at + 1}. ${name}${about === undefined ? '' : `  (${about})`}`));
      for (;;) {
        const answer = await line(`Number, 1 to ${choices.length}:`);
        const chosen = /^\d{1,3}$/.test(answer) ? choices[Number(answer) - 1] : undefined;
        if (chosen) return chosen.value;
      }
    },
    async pause(message) {
      await line(`${message}:`);
    },
  };
}

/** Without the marks around what was pasted. */
function bare(text: string): string {
  return PASTE_MARKS.reduce((rest, mark) => rest.replaceAll(mark, ''), text);
}

function withoutRubbedOut(text: string): string {
  let kept = '';
  for (const key of text) kept = key === BACKSPACE || key === RUBOUT ? kept.slice(0, -1) : kept + key;
  return kept;
}
