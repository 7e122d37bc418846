import { isoTime } from '../../base/iso-time.ts';
import type { CheckResult } from '../check.ts';
import type { Reporter } from '../reporter.ts';
import { INSECURE, type Report } from '../verify.ts';
import { isToldByCheck } from '../told-by-checks.ts';

/** JUnit XML for the test tab of a CI server: a finding is a failure, what could not be judged is an error. */
export const junit: Reporter = {
  name: 'junit',
  about: 'JUnit XML, for the test tab of a CI server',
  start({ isStrict }) {
    const suites: string[] = [];
    return (event) => {
      if (event.type === 'finished') suites.push(suite(event.report, isStrict));
      if (event.type !== 'over') return '';
      return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="propiq-intercom verify">\n${suites.join('')}</testsuites>\n`;
    };
  },
};

function suite(report: Report, isStrict: boolean): string {
  const { checks, summary, durationMs, target, startedAt, isInsecure, diagnosis } = report;
  const attributes = {
    name: target,
    tests: checks.length,
    failures: summary.fail + (isStrict ? summary.warn : 0),
    errors: summary.error,
    skipped: summary.skip,
    time: seconds(durationMs),
    timestamp: isoTime(startedAt).slice(0, 19),
  };
  const told = [
    ...(isInsecure ? [`--insecure: ${INSECURE}`] : []),
    ...diagnosis.filter((finding) => !isToldByCheck(finding)).map(({ message, remedy }) => `${message}\n${remedy}`),
  ].join('\n\n');
  return [
    `  <testsuite${attributesOf(attributes)}>\n`,
    ...checks.map((check) => testCase(check, isStrict)),
    told === '' ? '' : `    <system-out>${xml(told)}</system-out>\n`,
    '  </testsuite>\n',
  ].join('');
}

function testCase(check: CheckResult, isStrict: boolean): string {
  const { id, status, durationMs } = check;
  const attributes = { name: id, classname: id.split('/')[0] ?? id, time: seconds(durationMs) };
  const outcome = outcomeOf(check, isStrict);
  const head = `    <testcase${attributesOf(attributes)}`;
  return status === 'pass' ? `${head}/>\n` : `${head}>\n      ${outcome}\n    </testcase>\n`;
}

function outcomeOf({ status, message, expected, actual, remedy }: CheckResult, isStrict: boolean): string {
  const facts = [
    message,
    ...(expected === undefined ? [] : [`expected: ${expected}`]),
    ...(actual === undefined ? [] : [`actual: ${actual}`]),
    ...(remedy === undefined ? [] : [`to do: ${remedy}`]),
  ].join('\n');
  const element = (name: string): string =>
    `<${name}${attributesOf({ message, type: status })}>${xml(facts)}</${name}>`;
  switch (status) {
    case 'fail':
      return element('failure');
    case 'error':
      return element('error');
    case 'skip':
      return `<skipped${attributesOf({ message })}/>`;
    case 'warn':
      return isStrict ? element('failure') : `<system-out>${xml(`warning: ${facts}`)}</system-out>`;
    case 'pass':
      return '';
    default:
      return status satisfies never;
  }
}

/** JUnit's times are seconds. */
const seconds = (ms: number): string => (ms / 1000).toFixed(3);

function attributesOf(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${xml(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text for XML 1.0, which has no place for most control characters, lone surrogates and U+FFFE. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/(?![\t\n])[\p{Cc}\uFFFE\uFFFF]/gu, '')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
