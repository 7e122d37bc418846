import {
  createPrompt,
  isDownKey,
  isEnterKey,
  isSpaceKey,
  isUpKey,
  makeTheme,
  Separator,
  useKeypress,
  usePagination,
  usePrefix,
  useState,
} from '@inquirer/core';
import type { Paint } from '../base/paint.ts';
import type { Checklist, ChecklistItem } from '../base/prompts.ts';
import { plural, wrap } from '../base/text.ts';

export interface ChecklistPrompt extends Checklist {
  readonly theme: object;
  readonly paint: Paint;
  /** Of the terminal, asked at each drawing: windows change. */
  columns(): number;
}

interface ListTheme {
  icon: { cursor: string; checked: string; unchecked: string };
  style: { keysHelpTip(keys: [string, string][]): string };
}

/** Lines of the list itself; question, description and keys take six more, and a terminal has 24. */
const PAGE = 12;

/**
 * A checklist that can be searched: letters narrow it down, space marks. Inquirer's own checkbox has no search, and its
 * search has no marks.
 */
export const checklistPrompt = createPrompt<readonly string[], ChecklistPrompt>((list, done) => {
  const theme = makeTheme<ListTheme>(list.theme);
  const [status, setStatus] = useState<'idle' | 'done'>('idle');
  const [search, setSearch] = useState('');
  const [checked, setChecked] = useState<readonly string[]>(list.checked);
  const [active, setActive] = useState(0);
  const [isEmptyRefused, setEmptyRefused] = useState(false);
  const prefix = usePrefix({ status, theme });
  const found = matching(list.items, search);
  const current = found[active];

  useKeypress((key, line) => {
    if (status !== 'idle') return;
    const keepSearch = (): void => {
      line.clearLine(0);
      line.write(search);
    };
    if (isEnterKey(key)) {
      if (checked.length === 0) {
        setEmptyRefused(true);
        return keepSearch();
      }
      setStatus('done');
      done(list.items.filter(({ value }) => checked.includes(value)).map(({ value }) => value));
    } else if (isUpKey(key) || isDownKey(key)) {
      keepSearch();
      const step = isUpKey(key) ? -1 : 1;
      if (found.length > 0) setActive((active + step + found.length) % found.length);
    } else if (isSpaceKey(key)) {
      keepSearch();
      setEmptyRefused(false);
      if (current)
        setChecked(
          checked.includes(current.value)
            ? checked.filter((value) => value !== current.value)
            : [...checked, current.value],
        );
    } else {
      const typed = key.name === 'escape' ? '' : line.line;
      if (key.name === 'escape') line.clearLine(0);
      setSearch(typed);
      if (typed !== search) setActive(0);
    }
  });

  const columns = list.columns();
  const rows = withTitles(found);
  const page = usePagination<Separator | ChecklistItem>({
    items: rows.length > 0 ? rows : [new Separator('Nothing matches; Esc clears the search.')],
    active: Math.max(
      0,
      rows.findIndex((row) => row === current),
    ),
    pageSize: PAGE,
    loop: false,
    renderItem({ item, isActive }) {
      if (item instanceof Separator) return list.paint.dim(` ${item.separator}`);
      const isChecked = checked.includes(item.value);
      const name = `${isActive ? theme.icon.cursor : ' '} ${isChecked ? theme.icon.checked : theme.icon.unchecked} ${isActive ? theme.style.highlight(item.name) : item.name}`;
      const room = columns - 7 - item.name.length - 2;
      const aside = item.asides.find(({ length }) => length <= room);
      return aside === undefined ? name : `${name}  ${list.paint.dim(aside)}`;
    },
  });

  const asked = `${prefix} ${theme.style.message(list.message, status)}`;
  const chosen = list.items.filter(({ value }) => checked.includes(value)).map(({ name }) => name);
  if (status === 'done') return `${asked}\n${chosen.map((name) => `  ${theme.style.answer(name)}`).join('\n')}`;
  const about = current?.about === undefined ? '' : list.paint.dim(wrap(current.about, columns - 1, '  '));
  const state = isEmptyRefused
    ? theme.style.error('Mark at least one with space.')
    : list.paint.dim(`  ${plural(chosen.length, 'topic')} marked`);
  const keys = theme.style.keysHelpTip([
    ['↑↓', 'move'],
    ['space', 'mark'],
    ['letters', 'search'],
    ['⏎', 'done'],
  ]);
  return [`${asked} ${search}`, [page, about, state, `  ${keys}`].filter((part) => part !== '').join('\n')];
});

function matching(items: readonly ChecklistItem[], search: string): readonly ChecklistItem[] {
  const words = search.toLowerCase().split(' ').filter(Boolean);
  return words.length === 0
    ? items
    : items.filter(({ name, words: more }) => words.every((word) => `${name} ${more}`.toLowerCase().includes(word)));
}

function withTitles(items: readonly ChecklistItem[]): readonly (Separator | ChecklistItem)[] {
  return items.flatMap((item, at) =>
    item.group === items[at - 1]?.group ? [item] : [new Separator(item.group), item],
  );
}
