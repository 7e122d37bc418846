import { type Framework, hasHeader, hasKeys, says, strongest } from '../framework.ts';

/** Kestrel, or its problem details. `X-Powered-By: ASP.NET` alone is IIS, whatever runs behind it. */
export const aspnet: Framework = {
  id: 'aspnet',
  name: 'ASP.NET Core',
  language: 'dotnet',
  recognise: (answers) =>
    strongest(
      [hasHeader(answers, 'server', /^Kestrel$/), 0.95],
      [hasKeys(answers, 'type', 'title', 'status', 'traceId') && says(answers, /"traceId":"00-/), 0.95],
    ),
  rawBody: `app.MapPost("/intercom/webhook", async (HttpRequest request) =>
{
    using var buffer = new MemoryStream();
    await request.Body.CopyToAsync(buffer); // the raw bytes, not a model
    var secret = Environment.GetEnvironmentVariable("INTERCOM_WEBHOOK_SECRET");
    if (string.IsNullOrEmpty(secret)) return Results.StatusCode(503); // with an empty key anybody could sign
    var key = Encoding.UTF8.GetBytes(secret);
    var right = "sha1=" + Convert.ToHexString(HMACSHA1.HashData(key, buffer.ToArray())).ToLowerInvariant();
    var given = request.Headers["X-Hub-Signature"].ToString();
    var isRight = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(right), Encoding.UTF8.GetBytes(given));
    return Results.StatusCode(isRight ? 200 : 401);
});`,
  head: 'app.MapMethods("/intercom/webhook", ["HEAD"], () => Results.Ok());',
};
