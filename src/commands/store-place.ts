import type { Settings } from '../base/settings.ts';
import type { Output } from './context.ts';

/** Where the inbox is, undefined for this user's own. A password on the command line works and is warned of. */
export function storePlace(settings: Settings, flag: string | undefined, output: Output): string | undefined {
  const place = settings.get('store', flag);
  if (place?.from === 'flag' && URL.canParse(place.value) && new URL(place.value).password !== '') {
    output.warn(
      'The password in --store can be seen by every user of this computer. Put the URL into PROPIQ_INTERCOM_STORE, or the password into ~/.pgpass.',
    );
  }
  return place?.value;
}
