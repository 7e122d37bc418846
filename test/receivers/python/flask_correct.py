"""As it should be done in Flask: get_data() before anything reads the body."""

import hmac
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
    body = request.get_data()
    signatures = request.headers.getlist("X-Hub-Signature")
    algorithm = "sha256" if signatures and signatures[0].startswith("sha256=") else "sha1"
    right = f"{algorithm}={hmac.new(SECRET, body, algorithm).hexdigest()}"
    if len(signatures) != 1 or not hmac.compare_digest(signatures[0].encode("latin-1"), right.encode()):
        abort(401)
    return {"status": "received"}
