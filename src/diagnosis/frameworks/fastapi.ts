import { type Framework, hasHeader, says, strongest } from '../framework.ts';

/** Starlette's `{"detail":"Not Found"}`, pydantic's list of errors, and uvicorn beneath it. */
export const fastapi: Framework = {
  id: 'fastapi',
  name: 'FastAPI',
  language: 'python',
  recognise(answers) {
    const isStarlette = says(answers, /^\{"detail":"(?:Not Found|Method Not Allowed)"\}$/);
    return strongest(
      [says(answers, /^\{"detail":\[\{(?:"type":"[\w.]{1,60}",)?"loc":\[/), 0.97],
      [isStarlette && hasHeader(answers, 'server', /^(?:uvicorn|hypercorn)/i), 0.97],
      [isStarlette, 0.65],
    );
  },
  rawBody: `import hashlib, hmac, json, os
from fastapi import FastAPI, Request, Response

@app.post("/intercom/webhook")
async def intercom_webhook(request: Request) -> Response:
    body = await request.body()  # the raw bytes, not await request.json()
    secret = os.environ.get("INTERCOM_WEBHOOK_SECRET", "").encode()
    if not secret:  # with an empty key anybody could sign
        return Response(status_code=503)
    right = "sha1=" + hmac.new(secret, body, hashlib.sha1).hexdigest()
    given = request.headers.get("x-hub-signature", "")
    if not hmac.compare_digest(right.encode(), given.encode("latin-1")):
        return Response(status_code=401)
    notification = json.loads(body)
    return Response(status_code=200)`,
  head: `@app.head("/intercom/webhook")
async def intercom_webhook_head() -> Response:
    return Response(status_code=200)`,
};
