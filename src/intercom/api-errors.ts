import { AppError, type ErrorCode } from '../base/errors.ts';
import { type Exchange, headerValue } from '../base/ports.ts';
import { showDuration } from '../base/quantity.ts';
import type { Redactor } from '../base/redact.ts';
import { cleanLine, shorten } from '../base/text.ts';
import type { ApiFault, ErrorList } from './api-answers.ts';
import { API_BASES, regionOfBase } from './regions.ts';
import type { ApiVersion } from './topics.ts';
import { isLoopbackHost } from './webhook-url.ts';

/** What a message may tell of a call. */
export interface AboutCall {
  readonly method: string;
  readonly path: string;
  readonly base: URL;
  readonly version: ApiVersion | undefined;
  /** Takes the token out of whatever an answer holds. */
  readonly redact: Redactor;
}

interface AboutAnswer extends AboutCall {
  readonly resetMs: number;
  /** Undefined where the answer is not Intercom's list of errors. */
  readonly list: ErrorList | undefined;
}

const LONGEST_QUOTE = 200;
const BASIC_PAGE = 'https://app.intercom.com/a/apps/_/developer-hub';

/** No answer came: the adapter's finding, told as one about Intercom's API. `net/*` stays `net/*`. */
export function explainUnreached(error: AppError, about: AboutCall): AppError {
  const { method, path, redact } = about;
  return new AppError(
    error.code,
    {
      what: `Intercom's API did not answer ${method} ${path}: ${redact(error.what)}`,
      why: redact(error.why),
      hint: unreachedHint(error, about),
    },
    { cause: error },
  );
}

/** The adapter's hints are for receivers; those on names, certificates and proxies hold for any host. */
function unreachedHint({ code, hint }: AppError, { base }: AboutCall): string {
  if (code === 'net/dns' || code === 'net/tls' || code === 'net/proxy') return hint;
  return code === 'net/refused' && isLoopbackHost(base.hostname.replace(/^\[|\]$/g, ''))
    ? 'Start what should answer there (propiq-intercom sandbox), or correct the port in INTERCOM_API_BASE.'
    : 'Try again; if it stays so, check INTERCOM_API_BASE, and the firewall and the proxy of this computer.';
}

/** An answer that is not a 2xx. Source of the codes: developers.intercom.com, rest-api/errors/error-codes; OpenAPI `error`. */
export function explainAnswer(exchange: Exchange, about: AboutAnswer): AppError {
  const { status } = exchange;
  if (status < 400) return explainRedirect(exchange, about);
  const error = (code: ErrorCode, what: string, hint: string): AppError =>
    new AppError(code, { what, why: evidence(exchange, about), hint });
  const codes = about.list?.faults.map(({ code }) => code) ?? [];
  if (status === 401) return error('api/unauthorized', ...unauthorized(codes, about));
  if (status === 403) return error('api/forbidden', ...forbidden(codes, about));
  if (status === 404)
    return error(
      'api/not-found',
      `Intercom's API has no ${about.path}, or does not show it to this token`,
      about.path.startsWith('/subscriptions')
        ? 'Intercom documents the subscriptions API as closed: subscribe in the Developer Hub (propiq-intercom setup --mode guide).'
        : 'Check INTERCOM_API_BASE: it is the address of the API alone, without a path.',
    );
  if (status === 410)
    return error(
      'api/gone',
      `Intercom's API no longer has ${about.path}`,
      'Subscribe in the Developer Hub instead: propiq-intercom setup --mode guide',
    );
  if (status === 429)
    return error(
      'api/rate-limited',
      `Intercom's API asks for a pause`,
      `Try again in ${showDuration(about.resetMs)}. The limit counts all programs that use this app's token.`,
    );
  if (status >= 500)
    return error(
      'api/server-error',
      `Intercom's API failed at ${about.method} ${about.path}`,
      'Try again in some minutes; https://www.intercomstatus.com tells of outages.',
    );
  if (codes.includes('intercom_version_invalid'))
    return error(
      'api/invalid',
      `Intercom's API does not know version ${about.version ?? 'of the app'}`,
      'Choose a version that is listed at developers.intercom.com: --api-version 2.14',
    );
  return error(
    'api/invalid',
    `Intercom's API refuses ${about.method} ${about.path} as it was asked`,
    fieldHint(about.list?.faults ?? [], about.redact),
  );
}

/** A 2xx answer that is not what was asked for. */
export function explainUnexpected(exchange: Exchange, about: AboutCall, problem: string): AppError {
  return new AppError('api/unexpected-answer', {
    what: `${about.base.host} answered ${about.method} ${about.path} with something that Intercom's API does not send`,
    why: `${problem}: ${exchange.status}, ${mediaType(exchange)}, ${exchange.body.length} bytes${requestId(exchange, undefined, about.redact)}.`,
    hint: 'Check INTERCOM_API_BASE, and whether a proxy or a sign-in page stands in between.',
  });
}

function explainRedirect(exchange: Exchange, about: AboutCall): AppError {
  const location = headerValue(exchange.headers, 'location');
  const target =
    location !== undefined && URL.canParse(location, about.base.href) ? new URL(location, about.base) : undefined;
  return new AppError('api/unexpected-answer', {
    what: `${about.base.host} answered ${about.method} ${about.path} with a redirect (${exchange.status})`,
    why: target
      ? `It points to ${quote(target.origin, about.redact)}. It was not followed: the access token goes to ${about.base.host} only.`
      : `It was not followed: the access token goes to ${about.base.host} only.`,
    hint: "Check INTERCOM_REGION and INTERCOM_API_BASE; Intercom's API answers without a redirect.",
  });
}

/** Which region a token belongs to cannot be seen in it; the US host tries to route to the right one (docs, rest-apis). */
function unauthorized(codes: readonly string[], { base }: AboutCall): [what: string, hint: string] {
  if (codes.includes('token_suspended'))
    return [
      'Intercom has suspended the app that this access token belongs to',
      `Look at the app in the Developer Hub: ${BASIC_PAGE}`,
    ];
  const region = regionOfBase(base);
  const others = Object.keys(API_BASES).filter((name) => name !== region);
  const elsewhere =
    region === undefined
      ? ''
      : ` If the workspace is hosted in another region, name it: INTERCOM_REGION=${others.join(' or INTERCOM_REGION=')}.`;
  return [
    `${region === undefined ? base.host : `Intercom's API (${region})`} does not accept the access token`,
    `Copy it again from the app's Authentication page (${BASIC_PAGE}) into INTERCOM_ACCESS_TOKEN.${elsewhere}`,
  ];
}

function forbidden(codes: readonly string[], about: AboutAnswer): [what: string, hint: string] {
  const { method, path, list, redact } = about;
  if (codes.includes('api_plan_restricted'))
    return [
      `The workspace's plan does not include ${method} ${path}`,
      'See the plan of the workspace in Intercom, Settings → Billing.',
    ];
  if (list === undefined)
    return [
      `${about.base.host} refuses ${method} ${path}`,
      "The answer is not Intercom's list of errors: look for a firewall or a proxy in between.",
    ];
  const scope = scopeIn(list);
  return [
    scope === undefined
      ? `The access token is valid, but may not ${method} ${path}`
      : `The access token is valid, but lacks the scope ${quote(scope, redact)}`,
    `Tick the permission under Configure → Authentication of the app (${BASIC_PAGE}); the token may have to be regenerated after it.`,
  ];
}

/** `You do not have the required scope (read_conversations) to access this resource`. Source: error-codes, `forbidden`. */
function scopeIn({ faults }: ErrorList): string | undefined {
  for (const { message } of faults) {
    const scope = /required scopes? \(([^()]{1,200})\)/i.exec(message ?? '')?.[1]?.trim();
    if (scope !== undefined && scope !== '') return scope;
  }
  return undefined;
}

function fieldHint(faults: readonly ApiFault[], redact: Redactor): string {
  const fields = [...new Set(faults.flatMap(({ field }) => (field === null ? [] : [quote(field, redact)])))];
  return fields.length > 0 ? `Correct ${fields.join(', ')}.` : 'The answer names what was wrong with it.';
}

/** What was answered, in Intercom's words where there are any: `401 unauthorized, "Access Token Invalid" (request …).` */
function evidence(exchange: Exchange, { method, path, list, redact }: AboutAnswer): string {
  const told = list?.faults.map(
    ({ code, message }) => `${quote(code, redact)}${message === null ? '' : `, "${quote(message, redact)}"`}`,
  );
  const words =
    told === undefined
      ? `${mediaType(exchange)}, ${exchange.body.length} bytes, not Intercom's list of errors`
      : shorten(told.slice(0, 3).join('; ') || 'no reason given', LONGEST_QUOTE * 2);
  return `${method} ${path} was answered ${exchange.status}: ${words}${requestId(exchange, list, redact)}.`;
}

/** Support asks for it. */
function requestId({ headers }: Exchange, list: ErrorList | undefined, redact: Redactor): string {
  const id = list?.requestId ?? headerValue(headers, 'x-request-id');
  return id === undefined ? '' : ` (request id ${quote(id, redact)})`;
}

function mediaType({ headers }: Exchange): string {
  const type =
    cleanLine(headerValue(headers, 'content-type') ?? '')
      .split(';')[0]
      ?.trim() ?? '';
  return type === '' ? 'no content type' : shorten(type, 60);
}

/** Remote text is cleaned, short, and without the token. */
function quote(text: string, redact: Redactor): string {
  return shorten(redact(cleanLine(text)), LONGEST_QUOTE);
}
