import { type Framework, hasHeader, strongest } from '../framework.ts';

/** `X-Powered-By: PHP/…`. */
export const php: Framework = {
  id: 'php',
  name: 'PHP',
  language: 'php',
  recognise: (answers) => strongest([hasHeader(answers, 'x-powered-by', /^PHP\//), 0.85]),
  rawBody: `<?php
$body = file_get_contents('php://input'); // the raw bytes, not json_encode of what was decoded
$secret = (string) getenv('INTERCOM_WEBHOOK_SECRET');
if ($secret === '') { // with an empty key anybody could sign
    http_response_code(503);
    exit;
}
$right = 'sha1=' . hash_hmac('sha1', $body, $secret);
if ($_SERVER['REQUEST_METHOD'] !== 'HEAD' && !hash_equals($right, $_SERVER['HTTP_X_HUB_SIGNATURE'] ?? '')) {
    http_response_code(401);
    exit;
}
$notification = json_decode($body, true);
http_response_code(200);`,
};
