import { AppError } from '../../base/errors.ts';
import { cleanLine, shorten } from '../../base/text.ts';
import { parseRegion } from '../../intercom/regions.ts';
import { report, type Step } from '../step.ts';

/** Whose token it is. Intercom's API does little for webhooks today, so that going on without one is fine. */
export const token: Step = {
  id: 'token',
  title: 'Access token',
  async look(journey) {
    const { api } = journey.ports;
    if (api === undefined)
      return report('skipped', 'none given: Intercom is not asked, and the Developer Hub is walked through by hand');
    try {
      const { app } = await api.me();
      if (app === null) return report('done', 'accepted; Intercom names no workspace for it');
      journey.workspace = app;
      const name = app.name === null ? 'workspace ' : `${shorten(cleanLine(app.name), 40)}, `;
      const region = app.region === null ? '' : `, region ${shorten(cleanLine(app.region), 12).toUpperCase()}`;
      const found = `accepted: ${name}${shorten(cleanLine(app.idCode), 24)}${region}`;
      const actual = parseRegion(app.region);
      const { region: expected } = journey.answers;
      if (expected === undefined || actual === undefined || expected === actual) return report('done', found);
      return report(
        'differs',
        `${found}, but the settings say ${expected.toUpperCase()}`,
        `Set INTERCOM_REGION=${actual}, or give --region ${actual}.`,
      );
    } catch (cause) {
      if (!(cause instanceof AppError) || journey.answers.mode === 'api') throw cause;
      journey.isTokenRefused = true;
      return { ...report('failed', `${cause.what}. ${cause.why}`, cause.hint), exitCode: 1 };
    }
  },
};
