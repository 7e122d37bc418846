import type { Dice } from './dice.ts';

/** Somebody in a sample. Nobody real: the address is at example.com, the telephone number from the range kept for fiction. */
export interface Person {
  /** 24 hexadecimal digits. */
  readonly id: string;
  /** What the product calls them: a short number for users, a UUID for leads. */
  readonly externalId: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
}

/** A teammate. Ids are decimal digits; conversations carry them as numbers, tickets as text. */
interface Teammate {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** Who and what the samples of one run are about: all of them tell of the same people, conversation and ticket. */
export interface Cast {
  readonly workspaceId: string;
  readonly user: Person;
  readonly lead: Person;
  readonly admin: Teammate;
  /** Fin, Intercom's bot. */
  readonly bot: Teammate;
  readonly company: { readonly id: string; readonly companyId: string; readonly name: string };
  readonly team: { readonly id: string };
  readonly tag: { readonly id: string; readonly name: string };
  readonly subscription: { readonly id: string };
  readonly conversationId: string;
  /** Up to API 2.4 ids were shorter. */
  readonly legacyConversationId: string;
  readonly sourceId: string;
  readonly ticket: {
    readonly id: string;
    readonly shortId: string;
    readonly typeId: string;
    readonly stateIds: Readonly<Record<'submitted' | 'resolved', string>>;
    readonly attributeIds: readonly [string, string, string, string];
  };
}

const FIRST = ['Amara', 'Björn', 'Chiara', 'Daniel', 'Elif', 'Fatima', 'Grace', 'Hiroshi', 'Ines', 'Jonas'] as const;
const LAST = [
  'Adeyemi',
  'Bergström',
  'Conti',
  'Demir',
  'Fischer',
  'Haddad',
  'Novak',
  'Okafor',
  'Sato',
  'Walsh',
] as const;
const COMPANIES = ['Harbour Homes', 'Lindenhof Estates', 'Northgate Lettings', 'Oak & Field Properties'] as const;
const TAGS = ['Feature Request', 'Viewing booked', 'VIP', 'Billing'] as const;

/** @param nowMs the time of the run: ids begin with it, as Intercom's do */
export function createCast(dice: Dice, nowMs: number, workspaceId?: string): Cast {
  const objectId = (): string =>
    Math.floor(nowMs / 1000)
      .toString(16)
      .padStart(8, '0') + dice.hex(16);
  const name = (taken: readonly string[] = []): string => {
    const first = dice.pick(FIRST);
    const last = dice.pick(LAST);
    return taken.includes(`${first} ${last}`) ? name(taken) : `${first} ${last}`;
  };
  const person = (full: string, externalId: string): Person => ({
    id: objectId(),
    externalId,
    name: full,
    email: emailOf(full),
    phone: `+1555010${dice.whole(0, 9999).toString().padStart(4, '0')}`,
  });
  const workspace = workspaceId ?? dice.workspaceId();
  const names = [name()];
  names.push(name(names));
  names.push(name(names));
  const [userName = '', leadName = '', adminName = ''] = names;
  const companyId = objectId();
  return {
    workspaceId: workspace,
    user: person(userName, String(dice.whole(10, 9999))),
    lead: person(leadName, dice.uuid()),
    admin: { id: dice.digits(7), name: adminName, email: emailOf(adminName) },
    bot: { id: dice.digits(7), name: 'Fin', email: `operator+${workspace}@example.com` },
    company: { id: companyId, companyId: `${objectId()}-qualification-company`, name: dice.pick(COMPANIES) },
    team: { id: dice.digits(7) },
    tag: { id: dice.digits(8), name: dice.pick(TAGS) },
    subscription: { id: dice.digits(7) },
    conversationId: dice.digits(15),
    legacyConversationId: dice.digits(11),
    sourceId: dice.digits(10),
    ticket: {
      id: dice.digits(15),
      shortId: dice.digits(8),
      typeId: dice.digits(7),
      stateIds: { submitted: dice.digits(7), resolved: dice.digits(7) },
      attributeIds: [dice.digits(7), dice.digits(7), dice.digits(7), dice.digits(7)],
    },
  };
}

function emailOf(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return `${plain.replace(' ', '.')}@example.com`;
}
