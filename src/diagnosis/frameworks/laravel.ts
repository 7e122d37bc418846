import { type Framework, hasHeader, says, strongest } from '../framework.ts';

/** Its cookies, its CSRF refusal (419) and its words for a missing route. */
export const laravel: Framework = {
  id: 'laravel',
  name: 'Laravel',
  language: 'php',
  recognise: (answers) =>
    strongest(
      [hasHeader(answers, 'set-cookie', /^(?:laravel[_-]session|XSRF-TOKEN)=/), 0.95],
      [answers.some(({ status }) => status === 419) || says(answers, /CSRF token mismatch\./), 0.95],
      [says(answers, /The route [^"<]{1,200} could not be found\./), 0.95],
      [says(answers, /The [A-Z]+ method is not supported for route /), 0.95],
    ),
  rawBody: `// routes/api.php (no CSRF token is asked for there; the path gets /api in front)
Route::post('/intercom/webhook', function (Request $request) {
    $body = $request->getContent(); // the raw bytes, not $request->all()
    $secret = (string) config('services.intercom.secret');
    abort_if($secret === '', 503); // with an empty key anybody could sign
    $right = 'sha1=' . hash_hmac('sha1', $body, $secret);
    abort_unless(hash_equals($right, (string) $request->header('X-Hub-Signature')), 401);
    $notification = json_decode($body, true);
    return response()->noContent(200);
});`,
  head: "Route::match(['HEAD'], '/intercom/webhook', fn () => response()->noContent(200));",
};
