import { type Framework, hasHeader, says, strongest } from '../framework.ts';

/** Werkzeug's error pages, and its development server. */
export const flask: Framework = {
  id: 'flask',
  name: 'Flask',
  language: 'python',
  recognise: (answers) =>
    strongest(
      [
        says(
          answers,
          /<title>\d{3} [\w ]{1,40}<\/title>\n<h1>[\w ]{1,40}<\/h1>\n<p>The (?:requested URL was not found|method is not allowed)/,
        ),
        0.97,
      ],
      [says(answers, /<p>Did not attempt to load JSON data because/), 0.95],
      [hasHeader(answers, 'server', /^Werkzeug\//), 0.9],
    ),
  rawBody: `import hashlib, hmac, os
from flask import Flask, request

@app.post("/intercom/webhook")
def intercom_webhook():
    body = request.get_data()  # the raw bytes, before request.json or request.form
    secret = os.environ.get("INTERCOM_WEBHOOK_SECRET", "").encode()
    if not secret:  # with an empty key anybody could sign
        return "", 503
    right = "sha1=" + hmac.new(secret, body, hashlib.sha1).hexdigest()
    given = request.headers.get("X-Hub-Signature", "")
    if not hmac.compare_digest(right.encode(), given.encode("latin-1", "replace")):
        return "", 401
    notification = request.get_json(force=True)
    return "", 200`,
  head: `@app.route("/intercom/webhook", methods=["HEAD"])
def intercom_webhook_head():
    return "", 200`,
};
