import type { AppError } from '../base/errors.ts';

/** The env file that a run writes to. */
export interface EnvTarget {
  /**
   * Looks at the disk anew.
   * @throws AppError `env/unreadable` for what is no readable file, `env/link` for a link that leads nowhere, `env/write`
   * where its folder is missing
   */
  find(): Promise<FoundEnvFile>;
  /**
   * Removes what runs that were killed left beside it, as far as this user may.
   * @throws AppError `env/link`, `env/write` as `find`
   */
  sweep(): Promise<void>;
}

/** The env file as it was found. */
export interface FoundEnvFile {
  /** As the user wrote it, for messages. */
  readonly path: string;
  readonly exists: boolean;
  /** None where there is no file. */
  readonly bytes: Uint8Array;
  /** Why it must not be written, wherever it lies: a link led out of the project. */
  readonly refusal?: AppError;
  /** Why this user may not write it, if so; a file whose mode is read-only is not replaced, although it could be. */
  readonly readOnly?: 'mode' | 'disk';
  /** How many other names the file has (hard links). */
  readonly otherNames: number;
  readonly git: EnvFileGit;
  /**
   * Sees to it that git ignores the file, and the temporary one that is written before it.
   * @throws AppError `env/not-ignored`
   */
  ignore(): Promise<void>;
  /**
   * Puts bytes in the place of those that were found, or leaves everything as it is. They are written beside it, flushed,
   * read back with dotenv and compared first.
   * @param values what each key must read as then
   * @returns `changed` when the file is not the one that was found any more
   * @throws AppError `env/write`
   */
  replace(bytes: Uint8Array, values: ReadonlyMap<string, string>): Promise<'replaced' | 'changed'>;
}

export type EnvFileGit =
  | { readonly state: 'no-repository' }
  /** It lies in a repository, and git could not say more: `why` is a sentence. */
  | { readonly state: 'unknown'; readonly why: string }
  | {
      readonly state: 'known';
      readonly isTracked: boolean;
      readonly isIgnored: boolean;
      /** Where `ignore` would write the rule, as the user would name that file. */
      readonly ignoreFile: string;
    };
