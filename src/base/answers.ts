import type { Resolved, SettingKey, Settings, SettingValue } from './settings.ts';

/** The settings with answers of this run in the place of whatever they say. */
export function withAnswers(
  settings: Settings,
  answers: { readonly [K in SettingKey]?: Resolved<SettingValue<K>> },
): Settings {
  return {
    get: (key, flagText) =>
      flagText === undefined ? (answers[key] ?? settings.get(key)) : settings.get(key, flagText),
    all(key) {
      const answer = answers[key];
      return answer === undefined ? settings.all(key) : [answer];
    },
  };
}
