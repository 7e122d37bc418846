import { shellQuote } from '../../base/text.ts';
import type { Place } from './tree.ts';

/** A function for bash 3.2 and later: finds the place by the words so far, then offers what may stand there. */
export function bash(places: readonly Place[]): string {
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => pattern(path));
  return `# Completion of propiq-intercom for bash: eval "$(propiq-intercom completion bash)"
_propiq_intercom() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous='' place='' words='' at
  COMPREPLY=()
  if ((COMP_CWORD > 0)); then previous=\${COMP_WORDS[COMP_CWORD - 1]}; fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${place:+$place }\${COMP_WORDS[at]}" in
      ${paths.join(' | ')}) place="\${place:+$place }\${COMP_WORDS[at]}" ;;
    esac
  done
  case "$place $previous" in
${places.flatMap(valueCases).join('\n')}
  esac
  if [ -z "$words" ]; then
    case "$place" in
${places.map(placeCase).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _propiq_intercom propiq-intercom
`;
}

/** Behind a flag that takes a value: its words, or nothing of ours, and bash offers files. */
function valueCases({ path, flags }: Place): readonly string[] {
  return flags
    .filter(({ takesValue }) => takesValue)
    .map(({ word, values }) => {
      const where = pattern(`${path} ${word}`);
      return values === undefined
        ? `    ${where}) return ;;`
        : `    ${where}) words=${shellQuote(values.join(' '))} ;;`;
    });
}

function placeCase({ path, commands, flags, values = [] }: Place): string {
  const words = [...commands.map(({ word }) => word), ...values].join(' ');
  const flagWords = [...flags.map(({ word }) => word), '--help'].join(' ');
  return `      ${pattern(path)}) words=${shellQuote(words)}; case "$current" in -*) words=${shellQuote(flagWords)} ;; esac ;;`;
}

const pattern = (words: string): string => shellQuote(words);
