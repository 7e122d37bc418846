"""As it should be done in FastAPI: raw bytes first, both algorithms, bytes compared, HEAD answered."""

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
    body = await request.body()
    signatures = request.headers.getlist("x-hub-signature")
    algorithm = "sha256" if signatures and signatures[0].startswith("sha256=") else "sha1"
    right = f"{algorithm}={hmac.new(SECRET, body, algorithm).hexdigest()}"
    if len(signatures) != 1 or not hmac.compare_digest(signatures[0].encode("latin-1"), right.encode()):
        raise HTTPException(status_code=401, detail="Invalid signature")
    return {"status": "received", "topic": json.loads(body)["topic"]}
