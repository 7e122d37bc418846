import { isoTime } from '../base/iso-time.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { CheckResult, Finding } from './check.ts';
import type { Report } from './verify.ts';

/** One JSON object on a line, in the envelope that every command has. */
export function jsonLine(schema: string, ok: boolean, body: JsonObject): string {
  return `${JSON.stringify({ schema: `propiq-intercom/${schema}@1`, ok, ...body, error: null })}\n`;
}

/** The body of `--json`, without the envelope. Keys are always there; what does not apply is null. */
export function reportBody(report: Report): JsonObject {
  const { target, isInsecure, startedAt, durationMs, requests, summary, checks, diagnosis } = report;
  return {
    target,
    insecure: isInsecure,
    startedAt: isoTime(startedAt),
    durationMs,
    requests,
    summary: { ...summary },
    checks: checks.map(checkBody),
    diagnosis: diagnosis.map(findingBody),
  };
}

function checkBody(result: CheckResult): JsonObject {
  const { id, title, status, expected, actual, message, remedy, durationMs, blockedBy, evidence } = result;
  return {
    id,
    title,
    status,
    expected: expected ?? null,
    actual: actual ?? null,
    message,
    remedy: remedy ?? null,
    durationMs,
    blockedBy: blockedBy ?? null,
    evidence: structuredClone(evidence) as unknown as JsonValue,
  };
}

function findingBody({ id, message, confidence, remedy, framework, code }: Finding): JsonObject {
  return { id, message, confidence, remedy, framework: framework ?? null, code: code ? { ...code } : null };
}
