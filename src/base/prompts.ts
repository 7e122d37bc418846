import type { Secret } from './secret.ts';

/** What is thought of an answer while it is typed. `offer`: a better one, taken with Tab or by Enter twice. */
export type Judgement =
  | { readonly fine: true; readonly note?: string }
  | { readonly fine: false; readonly problem: string; readonly offer?: string };

export interface TextQuestion {
  readonly message: string;
  /** Stands in the line already, to be changed or taken. */
  readonly initial?: string;
  judge(text: string): Judgement;
}

interface Choice<T> {
  readonly value: T;
  readonly name: string;
  /** A line about it, shown while it is the one pointed at. */
  readonly about?: string;
}

export interface ChecklistItem {
  readonly value: string;
  readonly name: string;
  /** What may stand beside the name, most telling first: the first that there is room for. */
  readonly asides: readonly string[];
  /** Shown below the list while it is the one pointed at. */
  readonly about?: string;
  /** Items of one group stand together, under its title. */
  readonly group: string;
  /** What a search looks through besides the name. */
  readonly words: string;
}

export interface Checklist {
  readonly message: string;
  readonly items: readonly ChecklistItem[];
  readonly checked: readonly string[];
}

/**
 * Questions to a person; `can` is the one gate that decides whether there is one to ask. Ctrl-C in a question interrupts
 * the run.
 */
export interface Prompts {
  readonly can: boolean;
  /** `byDefault`: what Enter alone means; no where it is not given. */
  confirm(question: string, byDefault?: boolean): Promise<boolean>;
  /** Masked. @param refuse the reason why an answer cannot be taken: then it is asked again */
  secret(question: string, refuse?: (secret: Secret) => string | undefined): Promise<Secret>;
  text(question: TextQuestion): Promise<string>;
  choose<T>(question: string, choices: readonly Choice<T>[]): Promise<T>;
  /** Several of a list that can be searched, in the order of the list; at least one. */
  pick(list: Checklist): Promise<readonly string[]>;
  /** Resolves on Enter. */
  pause(message: string): Promise<void>;
}
