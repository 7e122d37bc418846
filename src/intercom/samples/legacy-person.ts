import type { JsonObject } from '../../base/json.ts';
import type { Person } from './cast.ts';
import { DAY_MS } from './contact.ts';
import { isoAgo, type Scene } from './scene.ts';

const PSEUDONYM = 'Azure Bus from Springfield';

export interface LegacyOptions {
  readonly createdAgoMs?: number;
  readonly tagIds?: readonly string[];
  readonly unsubscribed?: true;
  /** A lead of whom more is known than the address. */
  readonly isKnown?: true;
  readonly hasOwner?: true;
}

/** A user as API versions up to 2.4 carry one. Structure: a delivery of 2019, zulip/zulip fixture user_created.json. */
export function user(scene: Scene, options: LegacyOptions = {}): JsonObject {
  const { company } = scene.cast;
  return person(scene, scene.cast.user, {
    ...options,
    isLead: false,
    avatarUrl: null,
    companies: [{ type: 'company', company_id: company.companyId, id: company.id, name: company.name }],
    location: {},
    socialProfiles: [],
  });
}

/** A lead as API versions up to 2.4 carry one. Structure: a delivery of 2019, zulip/zulip fixture contact_created.json. */
export function lead(scene: Scene, options: LegacyOptions = {}): JsonObject {
  const { company, lead: somebody } = scene.cast;
  const handle = somebody.email.replace(/@.*/, '').replace('.', '-');
  return person(scene, somebody, {
    ...options,
    isLead: true,
    avatarUrl: 'https://static.example.com/avatars/azure-bus.png',
    companies: options.isKnown
      ? [{ type: 'company', company_id: company.companyId, id: company.id, name: company.name }]
      : [],
    location: LOCATION,
    socialProfiles: options.isKnown
      ? [{ type: 'social_profile', name: 'github', id: null, username: handle, url: 'https://github.com/example' }]
      : [],
  });
}

const LOCATION: JsonObject = {
  type: 'location_data',
  city_name: 'Springfield',
  continent_code: 'NA',
  country_name: 'Canada',
  postal_code: 'A1B',
  region_name: 'Newfoundland and Labrador',
  timezone: 'America/St_Johns',
  country_code: 'CAN',
  latitude: null,
  longitude: null,
};

interface Details extends LegacyOptions {
  readonly isLead: boolean;
  readonly avatarUrl: string | null;
  readonly companies: JsonObject[];
  readonly location: JsonObject;
  readonly socialProfiles: JsonObject[];
}

function person(scene: Scene, { id, externalId, name, email, phone }: Person, details: Details): JsonObject {
  const { isLead, createdAgoMs = 0, isKnown } = details;
  const signedUp = isLead ? null : isoAgo(scene, createdAgoMs + DAY_MS);
  return {
    type: isLead ? 'contact' : 'user',
    id,
    user_id: externalId,
    anonymous: isLead,
    email,
    phone: isLead && !isKnown ? null : phone,
    name: isLead && !isKnown ? null : name,
    pseudonym: isLead ? PSEUDONYM : null,
    avatar: { type: 'avatar', image_url: details.avatarUrl },
    app_id: scene.cast.workspaceId,
    companies: { type: 'company.list', companies: details.companies },
    location_data: details.location,
    last_request_at: isLead ? isoAgo(scene, Math.min(createdAgoMs, 60_000)) : null,
    created_at: isoAgo(scene, createdAgoMs),
    remote_created_at: signedUp,
    signed_up_at: signedUp,
    updated_at: isoAgo(scene, 2),
    session_count: 0,
    social_profiles: { type: 'social_profile.list', social_profiles: details.socialProfiles },
    ...(details.hasOwner && { owner_id: null }),
    unsubscribed_from_emails: details.unsubscribed ?? false,
    marked_email_as_spam: false,
    has_hard_bounced: false,
    tags: { type: 'tag.list', tags: (details.tagIds ?? []).map((tag) => ({ type: 'tag', id: tag })) },
    segments: { type: 'segment.list', segments: [] },
    custom_attributes: {},
    referrer: null,
    utm_campaign: null,
    utm_content: null,
    utm_medium: null,
    utm_source: null,
    utm_term: null,
    do_not_track: null,
    last_seen_ip: null,
    user_agent_data: null,
  };
}

/** `user.*` and the lead topics `contact.*` of API versions up to 2.4, and `visitor.signed_up`. */
export function legacyPersonItem(scene: Scene): JsonObject {
  const { topic, cast } = scene;
  switch (topic) {
    case 'user.created':
      return user(scene);
    case 'user.deleted':
      return { type: 'user', id: cast.user.id, user_id: cast.user.externalId, email: cast.user.email };
    case 'user.unsubscribed': // what was seen under this name was a lead
      return lead(scene, { createdAgoMs: DAY_MS, isKnown: true, unsubscribed: true });
    case 'contact.created':
      return lead(scene, { createdAgoMs: 30_000 });
    case 'contact.signed_up': // by then the lead is a user
      return { ...user(scene, { createdAgoMs: DAY_MS }), pseudonym: PSEUDONYM, location_data: LOCATION };
    case 'contact.added_email':
    case 'contact.updated':
      return lead(scene, { createdAgoMs: DAY_MS });
    case 'visitor.signed_up': // the one topic of today that still carries the old user, with an owner
      return { ...user(scene, { hasOwner: true }), pseudonym: PSEUDONYM, location_data: LOCATION, session_count: 1 };
    default: // user.email.updated, user.unsubscribed_from_sms
      return user(scene, { createdAgoMs: DAY_MS });
  }
}
