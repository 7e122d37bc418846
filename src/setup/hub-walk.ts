import { isAtLeast } from '../intercom/topics.ts';
import type { Answers } from './step.ts';
import { permissionsFor } from './topic-answer.ts';

/** A step of the walk through Intercom's Developer Hub. */
export interface WalkStep {
  readonly title: string;
  /** Sentences. */
  readonly lines: readonly string[];
  /** To be copied: each on a line of its own, never styled, wrapped or indented with anything but spaces. */
  readonly values: readonly string[];
  /** What a person says by going on: `Enter when …`. */
  readonly done: string;
}

/**
 * The Developer Hub as it is labelled today. Sources: developers.intercom.com, docs/webhooks/setting-up-webhooks and
 * webhook-models; building-apps/docs/update-your-api-version; labels of single fields as seen in public guides (zulip
 * doc.md, nango.dev). Where a label is not documented the walk says so.
 */
const DEVELOPER_HUB = 'https://app.intercom.com/a/apps/_/developer-hub';

export function hubWalk({ url, version, topics }: Answers): readonly WalkStep[] {
  const permissions = permissionsFor(topics);
  return [
    {
      title: 'Open your app',
      lines: [
        'In the Developer Hub, open the app (or New app). By hand: Settings, Integrations, Developer Hub, Your apps; a newer path is Settings, Integrations, Webhooks.',
        'One app has one webhook URL, one list of topics and one API version: staging and production need an app each.',
      ],
      values: [DEVELOPER_HUB],
      done: 'the app is open',
    },
    {
      title: 'API version and permissions',
      lines: [
        `API Version: it should say ${version}. The names of the topics follow it${isAtLeast(version, '2.5') ? ': user.created and its like ended with 2.4' : ''}.`,
        ...(permissions.length > 0
          ? [
              `Configure, Authentication, Edit: tick ${permissions.join(' and ')}. A private app on its own data has them already.`,
            ]
          : []),
      ],
      values: [],
      done: 'version and permissions are right',
    },
    {
      title: 'The URL',
      lines: [
        'Configure, Webhooks, Edit. The field is called "Endpoint URL" or "Your request endpoint URL". Paste all of it:',
      ],
      values: [url.href],
      done: 'the URL is pasted',
    },
    {
      title: 'The topics',
      lines: ['In the drop-down "Webhook topics", choose each of these; it is then listed with status On:'],
      values: topics.map(({ topic }) => topic.name),
      done: 'the topics are chosen',
    },
    {
      title: 'Save',
      lines: [
        'Save. Intercom then sends HEAD to the URL; what it makes of another answer than 2xx is not documented. If it says that the URL is invalid: propiq-intercom verify says why.',
      ],
      values: [],
      done: 'it is saved',
    },
  ];
}

/** Where the key is that signs deliveries. */
export const SECRET_PLACE =
  'Configure, Basic Information, Client secret. Intercom signs with it. PropIQ\'s guide calls it "Webhook Secret" and has it shown once; there is no such thing, and it can be copied at any time.';

/** What only Intercom's own screen can show. */
export const HUB_TEST =
  'On the Webhooks page of the app, have Intercom send a test notification (a ping), and look at the list of deliveries. Label and place of both are not documented; the guide calls the button "Send test notification" or "Test webhook".';
