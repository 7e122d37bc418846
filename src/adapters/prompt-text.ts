import {
  createPrompt,
  isEnterKey,
  isTabKey,
  makeTheme,
  useEffect,
  useKeypress,
  usePrefix,
  useState,
} from '@inquirer/core';
import type { Paint } from '../base/paint.ts';
import type { TextQuestion } from '../base/prompts.ts';
import { wrap } from '../base/text.ts';

export interface TextPrompt extends TextQuestion {
  readonly theme: object;
  readonly paint: Paint;
  /** Of the terminal, asked at each drawing. */
  columns(): number;
}

/** A line that is judged as it is typed: what is wrong stands below it, and what would be right can be taken with Tab. */
export const textPrompt = createPrompt<string, TextPrompt>((question, done) => {
  const { message, initial = '', judge, paint } = question;
  const theme = makeTheme(question.theme);
  const [status, setStatus] = useState<'idle' | 'done'>('idle');
  const [text, setText] = useState(initial);
  const prefix = usePrefix({ status, theme });
  useEffect((line) => {
    if (initial !== '') line.write(initial);
  }, []);

  useKeypress((key, line) => {
    if (status !== 'idle') return;
    const judged = judge(text.trim());
    const offer = judged.fine ? undefined : judged.offer;
    const put = (next: string): void => {
      line.clearLine(0);
      line.write(next);
      setText(next);
    };
    if (isEnterKey(key)) {
      if (!judged.fine) return put(offer ?? text);
      setStatus('done');
      done(text.trim());
    } else if (isTabKey(key)) {
      put(offer ?? text);
    } else {
      setText(line.line);
    }
  });

  const asked = `${prefix} ${theme.style.message(message, status)}`;
  if (status === 'done') return `${asked} ${theme.style.answer(text.trim())}`;
  return [`${asked} ${text}`, below(text, question, paint)];
});

function below(text: string, { judge, columns }: TextPrompt, { yellow, dim, marks, green }: Paint): string {
  if (text.trim() === '') return '';
  const judged = judge(text.trim());
  const told = (words: string): string => wrap(words, columns() - 1, '    ').trimStart();
  if (judged.fine) return judged.note === undefined ? '' : `  ${green(marks.pass)} ${dim(told(judged.note))}`;
  const problem = `  ${yellow(marks.warn)} ${told(judged.problem)}`;
  return judged.offer === undefined ? problem : `${problem}\n  ${dim('Tab takes')} ${judged.offer}`;
}
