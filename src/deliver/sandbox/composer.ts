import type { JsonObject } from '../../base/json.ts';
import type { Random } from '../../base/ports.ts';
import { buildSample, createStage } from '../../intercom/samples/index.ts';
import { seededRandom } from '../../intercom/samples/seeded-random.ts';
import type { ApiVersion } from '../../intercom/topics.ts';
import { type ChosenTopic, chooseTopics } from '../choose-topics.ts';

/** Notifications about the same made-up people, each with an id and the time of its own. */
export interface Composer {
  /** @throws AppError `topic/*` when the version has no such topic, or its shape is not known */
  require(topic: string): ChosenTopic;
  compose(topic: string): JsonObject;
}

export interface ComposerParts {
  readonly version: ApiVersion;
  readonly workspaceId: string;
  readonly chance: (part: string) => Random;
  /** Unix ms. */
  readonly now: () => number;
}

export function createComposer({ version, workspaceId, chance, now }: ComposerParts): Composer {
  const ids = chance('notifications');
  /** The people stay the same. */
  const cast = Buffer.from(chance('cast').bytes(16)).toString('hex');
  const require = (topic: string): ChosenTopic => {
    const [chosen] = chooseTopics({ names: [topic], all: false, version });
    return chosen as ChosenTopic;
  };
  return {
    require,
    compose(topic) {
      const stage = createStage(seededRandom(cast), now(), workspaceId);
      return buildSample(stage, { shape: require(topic).shape, version, random: ids });
    },
  };
}
