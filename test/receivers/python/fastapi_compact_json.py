"""The popular wrong cure: the body is parsed, and written again without spaces before it is signed."""

import hmac
import json
import os

from fastapi import FastAPI, HTTPException, Request, Response

SECRET = os.environ["INTERCOM_WEBHOOK_SECRET"].encode()
app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/intercom/health")
def intercom_health():
    return {"status": "healthy", "intercom_configured": True}


@app.head("/intercom/webhook")
def validate():
    return Response()


@app.post("/intercom/webhook")
async def webhook(request: Request):
    notification = await request.json()
    body = json.dumps(notification, separators=(",", ":")).encode()
    signatures = request.headers.getlist("x-hub-signature")
    algorithm = "sha256" if signatures and signatures[0].startswith("sha256=") else "sha1"
    right = f"{algorithm}={hmac.new(SECRET, body, algorithm).hexdigest()}"
    if len(signatures) != 1 or not hmac.compare_digest(signatures[0].encode("latin-1"), right.encode()):
        raise HTTPException(status_code=401, detail="Invalid signature")
    return {"status": "received"}
