import { type Framework, hasHeader, says, strongest } from '../framework.ts';

/** net/http's plain texts. */
export const go: Framework = {
  id: 'go',
  name: 'Go',
  language: 'go',
  recognise(answers) {
    const isPlain = hasHeader(answers, 'content-type', /^text\/plain/);
    return strongest(
      [isPlain && says(answers, /^404 page not found\n?$/), 0.9],
      [isPlain && says(answers, /^405 method not allowed$/), 0.85],
    );
  },
  rawBody: `func webhook(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead {
		return
	}
	secret := os.Getenv("INTERCOM_WEBHOOK_SECRET")
	if secret == "" { // with an empty key anybody could sign
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 2<<20)) // the raw bytes, before json.Unmarshal
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write(body)
	right := "sha1=" + hex.EncodeToString(mac.Sum(nil))
	if !hmac.Equal([]byte(right), []byte(r.Header.Get("X-Hub-Signature"))) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var notification map[string]any
	_ = json.Unmarshal(body, &notification)
}`,
};
