import { isObject } from '../../../base/json.ts';
import { type Exchange, headerValue } from '../../../base/ports.ts';
import { cleanLine, decodeUtf8, decodeUtf8Strictly, shorten } from '../../../base/text.ts';
import { type CheckId, fail, type Verdict, warn } from '../../check.ts';
import { answerOf, isAnswer, isRedirect } from '../../outcome.ts';
import type { Probe, Probes } from '../../probes.ts';
import { throttledStatus } from '../../throttled.ts';

/** What a health route answered, as far as its judgement needs it. */
export interface HealthAnswer {
  readonly status: number;
  readonly kind: 'json' | 'html' | 'other';
  /** The fields of a JSON object; empty otherwise. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** For messages: `200 with {"status":"ok"}`. */
  readonly shown: string;
}

const LONGEST_SHOWN = 60;

/**
 * What a health route answers; asked with Intercom's User-Agent where this tool is refused, as a rule against tools is told by
 * `endpoint/reaches-receiver`.
 * @throws AppError when there was no answer
 */
export async function askHealth(probes: Probes, probe: Probe): Promise<HealthAnswer> {
  const answer = answerOf(await probes.once(probe));
  if (!isRefusal(answer.status)) return readHealth(answer);
  const again = await probes.sendAsIntercom(probe);
  return readHealth(isAnswer(again) && !isRefusal(again.status) ? again : answer);
}

const isRefusal = (status: number): boolean => status === 401 || status === 403;

export function readHealth(exchange: Exchange): HealthAnswer {
  const { status, headers, body, bodyEnd } = exchange;
  const text = cleanLine(decodeUtf8(body.subarray(0, 4096))).trim();
  const value = bodyEnd === 'complete' ? parse(body) : undefined;
  // PHP, Express and Flask call every answer text/html: "OK" is no page
  const isHtml =
    (/^text\/html\b/i.test(headerValue(headers, 'content-type') ?? '') && /<[a-z!]/i.test(text)) ||
    /^<(?:!doctype html|html)\b/i.test(text);
  const kind = isObject(value) ? 'json' : isHtml ? 'html' : 'other';
  const shownBody = kind === 'html' ? 'an HTML page' : text === '' ? 'an empty body' : shorten(text, LONGEST_SHOWN);
  return { status, kind, fields: isObject(value) ? value : {}, shown: `${status} with ${shownBody}` };
}

function parse(body: Uint8Array): unknown {
  const text = decodeUtf8Strictly(body);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export interface HealthWords {
  readonly path: string;
  readonly isNamed: boolean;
  readonly expected: string;
  /** How to build the route. */
  readonly remedy: string;
  readonly id: CheckId;
  /** The flag that names another path. */
  readonly flag: string;
}

/**
 * An answer that is not the expected one. A receiver need not be PropIQ's, so a guessed path may be missing or answer in
 * its own way; what shows that something is wrong (a login, an HTML page, a server error) is not excused.
 */
export function judgeOtherHealth({ status, kind, shown }: HealthAnswer, words: HealthWords): Verdict {
  const { path, isNamed, expected, remedy, flag, id } = words;
  const answer = { expected, actual: shown };
  const elsewhere = `If it is elsewhere: ${flag} PATH. If there is none: --skip ${id}`;
  const limited = throttledStatus(status);
  if (limited) return limited;
  if (status === 404) {
    if (isNamed) return fail(`GET ${path} is answered with 404: there is no such route.`, { ...answer, remedy });
    return warn(`There is no ${path}.`, { ...answer, remedy: `${remedy} ${elsewhere}` });
  }
  if (isRefusal(status)) {
    return fail(`GET ${path} is refused with ${status}: a health route needs no login.`, {
      ...answer,
      remedy: 'Let it pass without a login; if the whole host asks for one, Intercom is locked out as well.',
    });
  }
  if (status >= 500) {
    return fail(`GET ${path} is answered with ${shown}: the application is not well.`, {
      ...answer,
      remedy: 'Look in the log of the application; after a deployment give it time with --wait 2m.',
    });
  }
  if (kind === 'html' && status < 300) {
    return fail(
      `GET ${path} is answered with an HTML page: a web site or a placeholder answers, not the application.`,
      {
        ...answer,
        remedy: 'Look whether the application is deployed, and whether the path leads to it and not to a front end.',
      },
    );
  }
  const what = isRedirect(status) ? `GET ${path} is redirected (${status})` : `GET ${path} is answered with ${shown}`;
  return isNamed
    ? fail(`${what} instead of ${expected}.`, { ...answer, remedy })
    : warn(`${what} instead of ${expected}.`, { ...answer, remedy: `${remedy} ${elsewhere}` });
}
