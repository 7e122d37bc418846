import type { Exchange } from '../base/ports.ts';
import { decodeUtf8 } from '../base/text.ts';
import { codeOf, type Finding, type Setting } from '../diagnosis/finding.ts';
import type { Cause } from '../diagnosis/hypothesis.ts';

const READ_BYTES = 65_536;
const EXPIRED = 419;
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, EXPIRED, 422]);
/** Django, Flask-WTF, csurf and most others say the word; Rails has a name for it, Laravel a status. */
const WORDS = /\bcsrf\b|InvalidAuthenticityToken|Can(?:'|&#39;)t verify (?:CSRF )?token/i;

/** Its page. */
export const CSRF_PAGE: Pick<Cause, 'id' | 'title' | 'why' | 'fix' | 'source'> = {
  id: 'csrf',
  title: 'CSRF protection refuses every POST',
  why: 'The framework wants a token from a form of its own site with each POST. Intercom has none, so every delivery is refused before the signature is looked at.',
  fix: 'Exempt this one route from CSRF protection, its signature protects it: @csrf_exempt in Django, csrf.exempt(view) in Flask-WTF, skip_before_action :verify_authenticity_token in Rails, the except list of the CSRF middleware in Laravel, csrf.ignoringRequestMatchers in Spring; in Express mount the webhook before csurf.',
  source: 'https://docs.djangoproject.com/en/stable/howto/csrf/ (exempting a view); not a matter of Intercom',
};

/** Whether every POST, signed or not, is refused in words of CSRF protection. @param posts all POSTs of the run */
export function csrfFinding(posts: readonly Exchange[], setting: Setting): Finding | undefined {
  const [first] = posts;
  if (first === undefined || !posts.every(isRefusal)) return undefined;
  return {
    id: CSRF_PAGE.id,
    confidence: 'certain',
    message: `Every POST is refused by CSRF protection (${first.status}), rightly signed ones too: the signature is not looked at.`,
    remedy: CSRF_PAGE.fix,
    ...codeOf('rawBody', setting),
  };
}

function isRefusal({ status, body }: Exchange): boolean {
  if (!REFUSALS.has(status)) return false;
  return status === EXPIRED || WORDS.test(decodeUtf8(body.subarray(0, READ_BYTES)));
}
