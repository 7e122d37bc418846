import { type Framework, hasKeys, says, strongest } from '../framework.ts';

/** The JSON of BasicErrorController, and its whitelabel page. */
export const spring: Framework = {
  id: 'spring',
  name: 'Spring Boot',
  language: 'java',
  recognise: (answers) =>
    strongest(
      [says(answers, /Whitelabel Error Page/), 0.97],
      [hasKeys(answers, 'timestamp', 'status', 'error', 'path'), 0.95],
    ),
  rawBody: `@PostMapping("/intercom/webhook")
ResponseEntity<Void> receive(@RequestBody byte[] body, // the raw bytes, not a parsed object
    @RequestHeader(value = "X-Hub-Signature", defaultValue = "") String given) throws Exception {
  Mac mac = Mac.getInstance("HmacSHA1");
  mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
  String right = "sha1=" + HexFormat.of().formatHex(mac.doFinal(body));
  boolean isRight = MessageDigest.isEqual(right.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  return ResponseEntity.status(isRight ? 200 : 401).build();
}`,
  head: `@RequestMapping(path = "/intercom/webhook", method = RequestMethod.HEAD)
ResponseEntity<Void> head() {
  return ResponseEntity.ok().build();
}`,
};
