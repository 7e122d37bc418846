"""PropIQ's guide to the letter: SHA-256, texts compared, POST only."""

import hashlib
import hmac
import os

from fastapi import FastAPI, Header, HTTPException, Request

SECRET = os.environ["INTERCOM_WEBHOOK_SECRET"]
app = FastAPI()


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/intercom/health")
def intercom_health():
    return {"status": "healthy", "intercom_configured": True}


@app.post("/intercom/webhook")
async def webhook(request: Request, x_hub_signature: str = Header(default="")):
    body = await request.body()
    expected = hmac.new(SECRET.encode("utf-8"), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"sha256={expected}", x_hub_signature):
        raise HTTPException(status_code=401, detail="Invalid signature")
    return {"status": "received"}
