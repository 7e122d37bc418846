import { type Framework, hasHeader, says, strongest } from '../framework.ts';

/** `X-Runtime` of Rack together with `X-Request-Id`, and the static error pages. */
export const rails: Framework = {
  id: 'rails',
  name: 'Rails',
  language: 'ruby',
  recognise: (answers) =>
    strongest(
      [says(answers, /The page you were looking for doesn(?:'|&#39;|’)t exist/), 0.95],
      [says(answers, /ActionController::(?:RoutingError|InvalidAuthenticityToken)/), 0.97],
      [hasHeader(answers, 'x-runtime', /^\d+\.\d+$/) && hasHeader(answers, 'x-request-id'), 0.9],
    ),
  rawBody: `class IntercomController < ActionController::API
  def webhook
    body = request.raw_post # the raw bytes, not params
    secret = ENV["INTERCOM_WEBHOOK_SECRET"].to_s
    return head(:service_unavailable) if secret.empty? # with an empty key anybody could sign

    right = "sha1=" + OpenSSL::HMAC.hexdigest("SHA1", secret, body)
    given = request.headers["X-Hub-Signature"].to_s
    return head(:unauthorized) unless ActiveSupport::SecurityUtils.secure_compare(right, given)

    notification = JSON.parse(body)
    head :ok
  end
end
# config/routes.rb: match "/intercom/webhook", to: "intercom#webhook", via: :post`,
  head: 'match "/intercom/webhook", to: ->(env) { [200, {}, []] }, via: :head',
};
