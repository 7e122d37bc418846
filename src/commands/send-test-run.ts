import { AppError, type ExitCode } from '../base/errors.ts';
import type { Delivery } from '../deliver/compose.ts';
import { parseExpectation } from '../deliver/expectation.ts';
import { requestJson, requestText } from '../deliver/print.ts';
import { countVerdicts, reportText, resultJson } from '../deliver/report.ts';
import { buildDelivery } from '../deliver/request.ts';
import { type DeliveryResult, type SendOptions, sendTest } from '../deliver/send-test.ts';
import { ANSWER_TIMEOUT_MS } from '../intercom/limits.ts';
import type { Context } from './context.ts';
import { prepareBodies, type SendTestInput, variantOf } from './send-test-bodies.ts';
import { keepsIds, planLoad, requireLoadConsent, sendLoad } from './send-test-load.ts';
import { prepareKey, prepareUrl, requireConsent } from './send-test-target.ts';

/**
 * From flags to bodies, from settings to the address and the key, then printed or sent.
 * @throws AppError exit code 2 before anything is sent; 3 where nothing at all was answered
 */
export async function runSendTest(input: SendTestInput, context: Context): Promise<ExitCode> {
  const { output } = context;
  const variant = variantOf(input);
  const expect = parseExpectation(input.expect ?? (variant === 'signed' ? '2xx' : '401'));
  const settings = await context.settings();
  const { url, configured } = prepareUrl(input.url, settings, variant, output);
  const { deliveries, about } = await prepareBodies(input, settings, context);
  const { key, isGuideSecret } = await prepareKey(input, variant, settings, context);
  const timeoutMs = settings.get('timeout', input.timeout)?.value ?? ANSWER_TIMEOUT_MS;
  const options: SendOptions = {
    url,
    variant,
    key,
    algorithm: input.algorithm ?? 'auto',
    expect,
    timeoutMs,
    isGuideSecret,
  };
  const head = { ...about, url: url.href, variant, expect: expect.text };
  const plan = planLoad(input);
  if (input.print || input.dryRun) {
    print(deliveries, options, head, context);
    return 0;
  }
  await requireConsent(url, configured, input.yes === true, context);
  if (plan) {
    await requireLoadConsent(plan, url, input.yes === true, context);
    return sendLoad(plan, deliveries, { options, head, keepsIds: keepsIds(input), seed: input.seed }, context);
  }
  const results = await send(deliveries, options, context);
  const counts = countVerdicts(results);
  const answered = counts['as-expected'] + counts.unexpected;
  const [first] = results;
  if (answered === 0 && first?.error) throw noAnswer(first.error, results);
  const ok = counts['as-expected'] === results.length;
  output.result(
    'send-test',
    ok,
    { mode: 'sent', ...head, summary: summaryOf(results), deliveries: results.map(resultJson) },
    reportText(results, { paint: output.paint, columns: output.columns }),
  );
  return counts.unexpected > 0 ? 1 : ok ? 0 : 3;
}

async function send(
  deliveries: readonly Delivery[],
  options: SendOptions,
  context: Context,
): Promise<readonly DeliveryResult[]> {
  const progress = await context.output.progress(`Sending to ${options.url.host}`);
  try {
    const ports = { http: await context.http(), signal: context.signal };
    let sent = 0;
    return await sendTest(deliveries, options, ports, ({ delivery, attempts }) => {
      sent += 1;
      progress.update(`Sending to ${options.url.host}: ${sent} of ${deliveries.length}`);
      for (const { exchange, algorithm } of attempts) {
        const through = exchange.proxy === undefined ? '' : ` through ${exchange.proxy}`;
        context.output.detail(
          `${delivery.topic ?? 'data'}: ${delivery.body.length} bytes, ${algorithm ?? 'unsigned'}, to ${exchange.address}${through}: ${exchange.status}`,
        );
      }
    });
  } finally {
    progress.stop();
  }
}

function print(
  deliveries: readonly Delivery[],
  { url, variant, key, algorithm }: SendOptions,
  head: Readonly<Record<string, string | null>>,
  { output }: Context,
): void {
  const first = algorithm === 'auto' ? 'sha1' : algorithm;
  const requests = deliveries.map((delivery) => ({
    delivery,
    request: buildDelivery(
      url,
      delivery.body,
      variant !== 'unsigned' && key ? { variant, key, algorithm: first } : { variant: 'unsigned' },
    ),
  }));
  output.result(
    'send-test',
    true,
    {
      mode: 'printed',
      ...head,
      summary: null,
      deliveries: requests.map(({ delivery, request }) => requestJson(delivery, request)),
    },
    requests.map(({ request }) => requestText(request, output.paint)).join('\n\n'),
  );
}

function summaryOf(results: readonly DeliveryResult[]): Record<string, number> {
  const counts = countVerdicts(results);
  return {
    deliveries: results.length,
    asExpected: counts['as-expected'],
    unexpected: counts.unexpected,
    unanswered: counts.unanswered,
    notSent: counts['not-sent'],
  };
}

/** One error for all: the first one's, with how many it speaks for. */
function noAnswer(error: AppError, results: readonly DeliveryResult[]): AppError {
  if (results.length === 1) return error;
  const why = `${error.why} None of the ${results.length} notifications got an answer.`;
  return new AppError(error.code, { what: error.what, why, hint: error.hint }, { cause: error });
}
