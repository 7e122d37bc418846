"""The route ends in a slash and the URL does not: Flask redirects every delivery (308)."""

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


@app.route("/intercom/webhook/", methods=["HEAD", "POST"])
def webhook():
    if request.method == "HEAD":
        return ""
    signature = request.headers.get("X-Hub-Signature", "")
    right = f"sha1={hmac.new(SECRET, request.get_data(), 'sha1').hexdigest()}"
    if not hmac.compare_digest(signature.encode("latin-1"), right.encode()):
        abort(401)
    return {"status": "received"}
