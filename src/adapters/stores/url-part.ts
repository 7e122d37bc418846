/** A part of a URL as it is meant; one with a lone % as it is written. */
export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
