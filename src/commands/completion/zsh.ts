import { shellQuote } from '../../base/text.ts';
import type { Place, Word } from './tree.ts';

/** A function for zsh, with the meaning beside every word. */
export function zsh(places: readonly Place[]): string {
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => shellQuote(path));
  return `#compdef propiq-intercom
# Completion of propiq-intercom for zsh: source <(propiq-intercom completion zsh), behind compinit
_propiq_intercom() {
  local place='' at
  local -a entries
  for ((at = 2; at < CURRENT; at++)); do
    case "\${place:+$place }\${words[at]}" in
      ${paths.join(' | ')}) place="\${place:+$place }\${words[at]}" ;;
    esac
  done
  case "$place \${words[CURRENT-1]}" in
${places.flatMap(valueCases).join('\n')}
  esac
  case "$place" in
${places.map(placeCase).join('\n')}
  esac
  if (( \${#entries} )); then _describe propiq-intercom entries; else _files; fi
}
compdef _propiq_intercom propiq-intercom
`;
}

function valueCases({ path, flags }: Place): readonly string[] {
  return flags
    .filter(({ takesValue }) => takesValue)
    .map(({ word, values }) => {
      const offer = values === undefined ? '_files' : `compadd -- ${values.map(shellQuote).join(' ')}`;
      return `    ${shellQuote(`${path} ${word}`)}) ${offer}; return ;;`;
    });
}

function placeCase({ path, commands, flags, values = [] }: Place): string {
  const words = [...commands, ...values.map((word) => ({ word, about: '' }))];
  const flagWords = [...flags, { word: '--help', about: 'print the help page' }];
  return `    ${shellQuote(path)}) if [[ $PREFIX == -* ]]; then entries=(${entries(flagWords)}); else entries=(${entries(words)}); fi ;;`;
}

/** `word:what it means`; a colon of the word itself is escaped. */
function entries(words: readonly Word[]): string {
  return words
    .map(({ word, about }) => shellQuote(`${word.replaceAll(':', '\\\\:')}${about === '' ? '' : `:${about}`}`))
    .join(' ');
}
