import { AppError } from '../../base/errors.ts';

/** An event that is refused before anything was tried. */
export function busy(isClosed: boolean): AppError {
  return new AppError('inbox/busy', {
    what: 'The inbox cannot take the event now',
    why: isClosed ? 'It is being closed.' : 'Too many events wait to be stored.',
    hint: 'Nothing to do: the sender is told to try again. If it lasts, the disk is too slow.',
  });
}
