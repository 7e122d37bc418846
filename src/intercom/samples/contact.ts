import type { JsonObject } from '../../base/json.ts';
import type { Person } from './cast.ts';
import { isoAgo, type Scene } from './scene.ts';

export const DAY_MS = 86_400_000;

/** What differs from a contact that was made just now and never touched. */
export interface ContactOptions {
  readonly person: Person;
  readonly role: 'user' | 'lead';
  readonly createdAgoMs?: number;
  /** Deliveries that hold a contact beside something else have one field more. */
  readonly hasFormattedPhone?: true;
  readonly hasPhone?: true;
  readonly signedUp?: true;
  readonly tagIds?: readonly string[];
  readonly companyIds?: readonly string[];
  readonly optedIn?: readonly string[];
  readonly unsubscribedFromEmails?: true;
  readonly unsubscribedFromSms?: true;
}

/**
 * A contact as deliveries carry it: times are ISO 8601 here, integers in the REST API.
 * Structure: deliveries of January 2026, zulip/zulip zerver/webhooks/intercom/fixtures/contact_user_created.json and siblings.
 */
export function contact(scene: Scene, options: ContactOptions): JsonObject {
  const { person, role, createdAgoMs = 0 } = options;
  const list = (path: string, ids: readonly string[] = [], type = 'tag', url = '/tags'): JsonObject => ({
    type: 'list',
    data: ids.map((id) => ({ id, type, url: `${url}/${id}` })),
    url: `/contacts/${person.id}/${path}`,
    total_count: ids.length,
    has_more: false,
  });
  return {
    type: 'contact',
    id: person.id,
    workspace_id: scene.cast.workspaceId,
    external_id: person.externalId,
    role,
    email: person.email,
    phone: options.hasPhone ? person.phone : null,
    ...(options.hasFormattedPhone && { formatted_phone: null }),
    name: person.name,
    avatar: null,
    owner_id: null,
    social_profiles: { type: 'list', data: [] },
    has_hard_bounced: false,
    marked_email_as_spam: false,
    unsubscribed_from_emails: options.unsubscribedFromEmails ?? false,
    created_at: isoAgo(scene, createdAgoMs),
    updated_at: isoAgo(scene, 2),
    signed_up_at: options.signedUp ? isoAgo(scene, 2) : null,
    last_seen_at: null,
    last_replied_at: null,
    last_contacted_at: null,
    last_email_opened_at: null,
    last_email_clicked_at: null,
    language_override: null,
    browser: null,
    browser_version: null,
    browser_language: null,
    os: null,
    location: { type: 'location', country: null, region: null, city: null, country_code: null, continent_code: null },
    android_app_name: null,
    android_app_version: null,
    android_device: null,
    android_os_version: null,
    android_sdk_version: null,
    android_last_seen_at: null,
    ios_app_name: null,
    ios_app_version: null,
    ios_device: null,
    ios_os_version: null,
    ios_sdk_version: null,
    ios_last_seen_at: null,
    custom_attributes: {},
    tags: list('tags', options.tagIds),
    notes: list('notes'),
    companies: list('companies', options.companyIds, 'company', '/companies'),
    opted_out_subscription_types: list('subscriptions'),
    opted_in_subscription_types: list('subscriptions', options.optedIn, 'subscription', '/subscription_types'),
    utm_campaign: null,
    utm_content: null,
    utm_medium: null,
    utm_source: null,
    utm_term: null,
    referrer: null,
    sms_consent: false,
    unsubscribed_from_sms: options.unsubscribedFromSms ?? false,
    enabled_push_messaging: null,
  };
}

/** `contact.*` of API 2.5 and later. */
export function contactItem(scene: Scene): JsonObject {
  const { topic, cast } = scene;
  const user = { person: cast.user, role: 'user', createdAgoMs: 3 * DAY_MS } as const;
  const lead = { person: cast.lead, role: 'lead', createdAgoMs: 3 * DAY_MS } as const;
  switch (topic) {
    case 'contact.deleted':
      return { id: cast.user.id, external_id: cast.user.externalId, type: 'contact', deleted: true };
    case 'contact.archived':
    case 'contact.archive':
      return { id: cast.user.id, external_id: cast.user.externalId, type: 'contact', archived: true };
    case 'contact.user.created':
      return contact(scene, { ...user, createdAgoMs: 0 });
    case 'contact.lead.created':
      return contact(scene, { ...lead, createdAgoMs: 0 });
    case 'contact.lead.signed_up':
      return contact(scene, { ...lead, role: 'user', signedUp: true });
    case 'contact.lead.updated':
    case 'contact.lead.added_email':
      return contact(scene, lead);
    case 'contact.unsubscribed': // up to API 2.6; later ones wrap it, see subscription.ts
      return contact(scene, { ...user, unsubscribedFromEmails: true });
    case 'contact.unsubscribed_from_sms':
      return contact(scene, { ...user, unsubscribedFromSms: true });
    default: // user.updated, email.updated, merged, unarchived: the whole contact, as it is now
      return contact(scene, user);
  }
}
