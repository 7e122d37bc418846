/** Intercom's REST API by region. Source: developers.intercom.com, build-an-integration, rest-apis; OpenAPI `servers`. */
export const API_BASES = {
  us: 'https://api.intercom.io',
  eu: 'https://api.eu.intercom.io',
  au: 'https://api.au.intercom.io',
} as const;

export type Region = keyof typeof API_BASES;

/** Where the API of a region is, or the address that was named instead (`--api-base`). */
export function apiBase(region: Region, override?: URL): URL {
  return override ?? new URL(API_BASES[region]);
}

/**
 * The region that `/me` names. The sample in the reference says `US`; other spellings are not documented, so the case does
 * not matter and what is not known is undefined. Source: OpenAPI 2.16, schema `app`.
 */
export function parseRegion(text: string | null): Region | undefined {
  const name = text?.trim().toLowerCase();
  return name !== undefined && Object.hasOwn(API_BASES, name) ? (name as Region) : undefined;
}

/** The region that one of Intercom's own API hosts serves; undefined for any other host. */
export function regionOfBase(base: URL): Region | undefined {
  return (Object.keys(API_BASES) as Region[]).find((region) => new URL(API_BASES[region]).host === base.host);
}
