/** The known words nearest to what was typed, best first; empty when nothing is near. */
export function closeMatches(typed: string, known: readonly string[], max = 3): readonly string[] {
  const wanted = typed.toLowerCase().slice(0, 100);
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  return known
    .map((word) => ({ word, distance: score(wanted, word.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || a.word.length - b.word.length)
    .slice(0, max)
    .map(({ word }) => word);
}

/** `Did you mean a, b or c?`, or the given text when nothing is near. */
export function didYouMean(typed: string, known: readonly string[], otherwise: string): string {
  const near = closeMatches(typed, known);
  if (near.length === 0) return otherwise;
  const last = near.at(-1) ?? '';
  return `Did you mean ${near.length === 1 ? last : `${near.slice(0, -1).join(', ')} or ${last}`}?`;
}

/** Edit distance; a word of which the typed one is a part (`item.email` of `data.item.email`) counts as one edit away. */
function score(typed: string, word: string): number {
  if (typed.length >= 3 && word.includes(typed)) return 1;
  let previous = Array.from({ length: word.length + 1 }, (_, at) => at);
  for (let row = 1; row <= typed.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= word.length; column += 1) {
      const change = (previous[column - 1] ?? 0) + (typed[row - 1] === word[column - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[word.length] ?? 0;
}
