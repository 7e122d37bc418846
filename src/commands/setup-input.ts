/** The flags of `setup`, each where it was used. */
export interface SetupInput {
  readonly url?: string;
  readonly topics?: string;
  readonly apiVersion?: string;
  readonly mode?: 'auto' | 'api' | 'guide';
  readonly hubDone?: boolean;
  readonly region?: string;
  readonly apiBase?: string;
  readonly tokenStdin?: boolean;
  readonly secretStdin?: boolean;
  readonly deploy?: string;
  readonly skipDeploy?: boolean;
  readonly wait?: number;
  readonly verify?: boolean;
  readonly test?: boolean;
  readonly allowTracked?: boolean;
  readonly check?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly sandbox?: boolean;
}
