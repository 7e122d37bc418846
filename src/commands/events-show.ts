import { AppError } from '../base/errors.ts';
import { defineCommand, text, toggle } from './command.ts';

export const eventsShow = defineCommand({
  schema: 'events-show',
  about:
    "Shows one event of the inbox: what is known of it, its headers, its body. The id is the inbox's own (evt_…) or the notification's. --body writes the exact bytes that came; every other view is stripped of control characters.",
  args: [{ spec: '<id>', about: 'evt_… or notif_…' }],
  flags: {
    body: toggle('--body', 'only the body, byte for byte'),
    store: text(
      '--store <place>',
      'the inbox: a SQLite file or postgres://… (default: $XDG_STATE_HOME/propiq-intercom/inbox.db)',
    ),
  },
  examples: ['events show notif_example', 'events show evt_000000000001 --body'],
  async run({ args: [id = ''], body, store }, context) {
    const { inboxThere, instant } = await import('./events-inbox.ts');
    const { eventJson, eventText } = await import('../receive/event-view.ts');
    const { output } = context;
    const event = await (await inboxThere(store, context))?.get(id);
    if (!event) {
      throw new AppError('inbox/unknown-event', {
        what: `There is no event "${id.slice(0, 80)}"`,
        why: 'Neither an event of the inbox nor a notification in it has this id.',
        hint: 'propiq-intercom events list',
      });
    }
    if (body) await output.bytes(event.body);
    else
      output.result(
        'events-show',
        true,
        { event: eventJson(event, instant) },
        eventText(event, instant, output.paint.dim),
      );
    return 0;
  },
});
