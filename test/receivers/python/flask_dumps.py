"""request.json is written again with json.dumps, which puts a space behind every comma and colon."""

import hmac
import json
import os

from flask import Flask, abort, request

SECRET = os.environ["INTERCOM_WEBHOOK_SECRET"].encode()
app = Flask(__name__)


@app.get("/health")
def health():
    return {"status": "healthy"}


@app.get("/intercom/health")
def intercom_health():
    return {"status": "healthy", "intercom_configured": True}


@app.route("/intercom/webhook", methods=["HEAD", "POST"])
def webhook():
    if request.method == "HEAD":
        return ""
    body = json.dumps(request.json).encode()
    signature = request.headers.get("X-Hub-Signature", "")
    algorithm = "sha256" if signature.startswith("sha256=") else "sha1"
    right = f"{algorithm}={hmac.new(SECRET, body, algorithm).hexdigest()}"
    if not hmac.compare_digest(signature.encode("latin-1"), right.encode()):
        abort(401)
    return {"status": "received"}
