/** Intercom's REST API by region. Source: developers.intercom.com, build-an-integration, rest-apis; OpenAPI `servers`. */
export const API_BASES = {
  us: 'https://api.intercom.io',
  eu: 'https://api.eu.intercom.io',
  au: 'https://api.au.intercom.io',
} as const;
