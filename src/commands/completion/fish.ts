import type { FlagWord, Place } from './tree.ts';

/** A line for every word: when it may stand there, and what it means. */
export function fish(places: readonly Place[]): string {
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => quote(path));
  return `# Completion of propiq-intercom for fish: propiq-intercom completion fish | source
function __propiq_intercom_at
    set -l place
    for word in (commandline -opc)[2..]
        set -l next (string join ' ' -- $place $word)
        if contains -- $next ${paths.join(' ')}
            set place $next
        end
    end
    test "$place" = "$argv[1]"
end
${places.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, commands, flags, values = [] }: Place): readonly string[] {
  const head = `complete -c propiq-intercom -n ${quote(`__propiq_intercom_at ${quote(path)}`)}`;
  return [
    ...commands.map(({ word, about }) => `${head} -f -a ${quote(word)} -d ${quote(about)}`),
    ...(values.length > 0 ? [`${head} -f -a ${quote(values.join(' '))}`] : []),
    ...flags.map((flag) => `${head} ${flagOptions(flag)} -d ${quote(flag.about)}`),
    `${head} -l help -s h -d 'print the help page'`,
  ];
}

function flagOptions({ word, short, takesValue, values }: FlagWord): string {
  const name = `-l ${word.slice(2)}${short === undefined ? '' : ` -s ${short.slice(1)}`}`;
  if (!takesValue) return `${name} -f`;
  return values === undefined ? `${name} -r` : `${name} -x -a ${quote(values.join(' '))}`;
}

/** In single quotes fish knows two escapes only. */
function quote(text: string): string {
  return `'${text.replace(/[\\']/g, String.raw`\$&`)}'`;
}
