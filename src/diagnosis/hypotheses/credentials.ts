import type { Cause, Credential, Facts, Variant } from '../hypothesis.ts';

type Row = Omit<Cause, 'aspect' | 'variants'> & { readonly odds: Variant['odds'] };

const ROWS: Readonly<Record<Credential['kind'], Row>> = {
  'access-token': {
    id: 'key-access-token',
    odds: 3,
    title: 'The receiver signs with the access token',
    why: "Intercom signs with the app's client secret. The access token (Authentication page) is for the REST API and stands right beside it in the Developer Hub.",
    fix: "Set INTERCOM_WEBHOOK_SECRET where the receiver runs to the app's client secret (Developer Hub, your app, Basic Information), and look whether the code reads that variable, not the token's.",
    source: 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Signed notifications)',
  },
  'app-id': {
    id: 'key-app-id',
    odds: 2,
    title: 'The receiver signs with the id of the app',
    why: 'The id stands in every notification: it is no secret, and Intercom does not sign with it.',
    fix: "Set the secret where the receiver runs to the app's client secret (Developer Hub, your app, Basic Information).",
  },
  'previous-secret': {
    id: 'key-previous-secret',
    odds: 3,
    title: 'The receiver still signs with the previous secret',
    why: 'The secret was changed here and not there, or the receiver was not deployed again.',
    fix: 'Set the new secret where the receiver runs, and deploy again; while rotating let it accept both.',
  },
  'other-secret': {
    id: 'key-other-secret',
    odds: 3,
    title: 'The receiver signs with the other secret that is set here',
    why: 'Two names, INTERCOM_WEBHOOK_SECRET and INTERCOM_CLIENT_SECRET, have two values. verify signs with the first; the receiver uses the second.',
    fix: "Find out which is the app's client secret (Developer Hub, your app, Basic Information), set it in both places, and remove the other name.",
  },
  'other-profile': {
    id: 'key-other-profile',
    odds: 2,
    title: "The receiver signs with another profile's secret",
    why: 'Secrets of two deployments were mixed up. Each app has a client secret of its own.',
    fix: 'Set the secret of this deployment where the receiver runs, or use the profile that belongs to it.',
  },
};

/** Pages for all of them; variants for those whose value is known. */
export function credentialCauses({ credentials }: Facts): readonly Cause[] {
  return Object.entries(ROWS).map(([kind, { odds, ...row }]) =>
    Object.assign({ aspect: 'key' as const }, row, {
      variants: credentials.filter((one) => one.kind === kind).map((one) => keyed(one, odds)),
    }),
  );
}

function keyed({ where, value }: Credential, odds: Variant['odds']): Variant {
  return {
    words: `the value of ${where}`,
    odds,
    alter: (right) => (value.byteLength === 0 ? undefined : { ...right, key: value.reveal() }),
  };
}
