import { type HeaderList, headerValue, headerValues } from '../base/ports.ts';
import type { Language } from './hypothesis.ts';

/** An answer of the receiver, as far as it tells who wrote it. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  /** The start of the body. */
  readonly text: string;
}

/** What the application is written in, and how a signature is checked there. */
export interface Framework {
  readonly id: string;
  readonly name: string;
  readonly language: Language;
  /** How sure the answers make of it: 0 not at all, 1 beyond doubt. */
  recognise(answers: readonly Answer[]): number;
  /** Lines to paste: the raw body, HMAC-SHA1, constant-time comparison. */
  readonly rawBody: string;
  /** Lines that answer HEAD on the webhook's path, where the framework does not do so by itself. */
  readonly head?: string;
}

/** What stands in front of the application, and how a secret is set there. */
export interface Front {
  readonly id: string;
  readonly name: string;
  recognise(answers: readonly Answer[], host: string): boolean;
  /** A command that sets the secret without anything around it. */
  readonly setSecret?: string;
}

/** Whether some answer has a header that matches. */
export function hasHeader(answers: readonly Answer[], name: string, pattern = /(?:)/): boolean {
  return answers.some(({ headers }) => headerValues(headers, name).some((value) => pattern.test(value)));
}

/** Whether the body of some answer matches. Patterns are linear: what is searched was written by strangers. */
export function says(answers: readonly Answer[], pattern: RegExp): boolean {
  return answers.some(({ text }) => pattern.test(text));
}

/** Whether some answer is JSON with all of these names at its top. */
export function hasKeys(answers: readonly Answer[], ...names: readonly string[]): boolean {
  return answers.some(({ text, headers }) => {
    if (!/json/i.test(headerValue(headers, 'content-type') ?? '')) return false;
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === 'object' && value !== null && names.every((name) => Object.hasOwn(value, name));
    } catch {
      return false;
    }
  });
}

/** The greatest of the weights whose sign was seen. */
export function strongest(...signs: readonly (readonly [isSeen: boolean, weight: number])[]): number {
  return Math.max(0, ...signs.filter(([isSeen]) => isSeen).map(([, weight]) => weight));
}
