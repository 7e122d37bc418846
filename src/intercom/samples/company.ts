import type { JsonObject } from '../../base/json.ts';
import { isAtLeast } from '../topics.ts';
import { contact, DAY_MS } from './contact.ts';
import { isoAgo, type Scene } from './scene.ts';

/**
 * `company.*`. Structure: deliveries of January 2026, zulip/zulip fixtures company_created.json, company_deleted.json,
 * company_contact_attached.json. `plan`, `size`, `website` and `industry` came with API 2.10 (changelog of 2.10).
 */
export function companyItem(scene: Scene): JsonObject {
  const { topic, version, cast } = scene;
  const { id, companyId, name } = cast.company;
  const app_id = cast.workspaceId;
  if (topic === 'company.deleted') return { id, type: 'company', deleted: true };
  if (topic.startsWith('company.contact.')) return { company: attached(), contact: member() };
  const isNew = topic === 'company.created';
  const hasDetails = isAtLeast(version, '2.10');
  return {
    type: 'company',
    id,
    name: isNew ? null : name, // a company made from a lead's details has no name yet
    app_id,
    ...(hasDetails && { plan: null }),
    company_id: companyId,
    remote_created_at: null,
    created_at: isoAgo(scene, isNew ? 0 : DAY_MS),
    updated_at: isoAgo(scene, 0),
    last_request_at: null,
    ...(hasDetails && { size: null, website: null, industry: null }),
    monthly_spend: 0,
    session_count: 0,
    user_count: isNew ? 0 : 1,
    custom_attributes: {},
    tag_ids: [],
  };

  /** Beside a contact a company has other fields, in another order, and the item has no type. */
  function attached(): JsonObject {
    return {
      type: 'company',
      id,
      company_id: companyId,
      app_id,
      name: topic.endsWith('.attached') ? null : name,
      plan_id: null,
      remote_created_at: null,
      created_at: isoAgo(scene, 100),
      updated_at: isoAgo(scene, 0),
      last_request_at: null,
      monthly_spend: 0,
      session_count: 0,
      user_count: 1,
      tag_ids: [],
      custom_attributes: {},
    };
  }

  function member(): JsonObject {
    return contact(scene, {
      person: cast.lead,
      role: 'lead',
      createdAgoMs: 20_000,
      hasFormattedPhone: true,
      companyIds: [id],
    });
  }
}
