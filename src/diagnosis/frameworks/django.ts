import { type Framework, hasHeader, says, strongest } from '../framework.ts';

/** Its error pages (not the Server header of wsgiref, which Bottle has too), its CSRF refusal, and the headers of its security middleware. */
export const django: Framework = {
  id: 'django',
  name: 'Django',
  language: 'python',
  recognise: (answers) =>
    strongest(
      [says(answers, /CSRF verification failed\. Request aborted\./), 0.97],
      [says(answers, /<h1>Not Found<\/h1><p>The requested resource was not found on this server\.<\/p>/), 0.95],
      [hasHeader(answers, 'set-cookie', /^csrftoken=/), 0.9],
      [
        hasHeader(answers, 'cross-origin-opener-policy', /^same-origin$/) &&
          hasHeader(answers, 'referrer-policy', /^same-origin$/) &&
          hasHeader(answers, 'x-frame-options', /^DENY$/),
        0.7,
      ],
    ),
  rawBody: `import hashlib, hmac, json, os
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

@csrf_exempt
def intercom_webhook(request):
    if request.method == "HEAD":
        return HttpResponse(status=200)
    secret = os.environ.get("INTERCOM_WEBHOOK_SECRET", "").encode()
    if not secret:  # with an empty key anybody could sign
        return HttpResponse(status=503)
    right = "sha1=" + hmac.new(secret, request.body, hashlib.sha1).hexdigest()  # the raw bytes
    given = request.headers.get("X-Hub-Signature", "")
    if not hmac.compare_digest(right.encode(), given.encode("latin-1", "replace")):
        return HttpResponse(status=401)
    notification = json.loads(request.body)
    return HttpResponse(status=200)`,
};
