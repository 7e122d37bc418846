import { defineCommand, text } from './command.ts';

export const topicsShow = defineCommand({
  schema: 'topics-show',
  about:
    'Tells all that is known about one topic, under its current or its old name: meaning, permission, names, API versions, how sure it is and where it comes from, and a sample as send-test sends it.',
  args: [{ spec: '<topic>', about: 'its name, current or old', completes: 'topic' }],
  flags: { apiVersion: text('--api-version <version>', 'the sample of this version; default the newest') },
  examples: ['topics show user.created', 'topics show ticket.closed --api-version 2.14', 'topics show ping --json'],
  async run(input, context) {
    const { topicJson, topicText } = await import('./topics-show-page.ts');
    const { NEWEST_API_VERSION, parseApiVersion, requireTopic } = await import('../intercom/topics.ts');
    const version = input.apiVersion === undefined ? NEWEST_API_VERSION : parseApiVersion(input.apiVersion);
    const topic = requireTopic(input.args[0] ?? '');
    context.output.result('topics-show', true, topicJson(topic, version), topicText(topic, version, context.output));
    return 0;
  },
});
