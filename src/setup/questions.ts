/** What setup asks a person, and the flag that answers it without one. In the order of the questions. */
export interface Question {
  readonly id: 'token' | 'url' | 'topics' | 'version' | 'walk' | 'secret' | 'deploy' | 'go';
  /** As it is written on the command line. */
  readonly flag: string;
  /** What is missing, in words. */
  readonly asks: string;
}

export const QUESTIONS: readonly Question[] = [
  { id: 'token', flag: '--token-stdin', asks: 'the access token (or INTERCOM_ACCESS_TOKEN)' },
  { id: 'url', flag: '--url <url>', asks: 'the address of the receiver (or INTERCOM_WEBHOOK_URL, or --profile)' },
  { id: 'version', flag: '--api-version <version>', asks: "the app's API version" },
  { id: 'topics', flag: '--topics <names>', asks: 'the topics' },
  { id: 'walk', flag: '--hub-done', asks: 'whether the Developer Hub has the URL and the topics already' },
  { id: 'secret', flag: '--secret-stdin', asks: "the app's client secret (or INTERCOM_WEBHOOK_SECRET)" },
  { id: 'deploy', flag: '--deploy <command>', asks: 'whether to run the deploy command' },
  { id: 'go', flag: '--yes', asks: 'consent to the plan' },
];
