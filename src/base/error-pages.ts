import type { ErrorCode } from './errors.ts';

/** What an error means and how to mend it, for `explain` and the reference pages. */
export interface ErrorPage {
  readonly title: string;
  readonly why: string;
  readonly fix: string;
}

const page = (title: string, why: string, fix: string): ErrorPage => ({ title, why, fix });

/** One page per code; the type makes a missing one a compile error. */
export const ERROR_PAGES: Readonly<Record<ErrorCode, ErrorPage>> = {
  'usage/unknown-command': page(
    'There is no such command',
    'The first word is not the name of a command.',
    'propiq-intercom --help lists them all.',
  ),
  'usage/unknown-option': page(
    'There is no such flag',
    'The command does not know it; flags differ from command to command.',
    'Add --help to the command to see its flags.',
  ),
  'usage/invalid-value': page(
    'A value cannot be used',
    'A flag or setting takes certain forms only, and this is none of them.',
    'The message names the forms that are taken.',
  ),
  'usage/missing-input': page(
    'Something is missing',
    'Without a terminal, or with --no-input, nothing is asked: what is missing is an error.',
    'Give what the message names, as a flag or an argument.',
  ),
  'usage/unexpected-argument': page(
    'There is an argument too many',
    'The command takes fewer arguments. An unquoted * or a space in a name is the usual reason.',
    'Put the value in quotes, or leave it out.',
  ),
  'usage/secret-in-arguments': page(
    'A secret stands on the command line',
    'Command lines can be read by every user of the computer, are kept in the history of the shell and end up in logs of CI servers. That is why no flag takes a secret.',
    'Put it into the env file or the environment, or pipe it in with --secret-stdin. If it was a real one, treat it as known to others.',
  ),
  'usage/conflict': page('Two flags contradict each other', 'Only one of them can hold.', 'Leave one of them out.'),
  'usage/needs-yes': page(
    'This needs your consent',
    'What was asked reaches further than usual, and nobody is there to be asked.',
    'Add --yes if it is meant.',
  ),
  'settings/env-file': page(
    'The env file cannot be used',
    'It was named, or it is there, and it cannot be read as an env file. It is not skipped in silence: a run without the secret would prove nothing.',
    'Mend what the message names, or name another file with --env-file.',
  ),
  'settings/config-file': page(
    'propiq-intercom.config.json cannot be used',
    'It is there, but it is not JSON or holds something unknown.',
    'Correct the place that the message names.',
  ),
  'settings/unknown-profile': page(
    'There is no such profile',
    'Profiles are the built-in ones and those of propiq-intercom.config.json.',
    'Use one of the names in the message, or add it to the file.',
  ),
  'settings/invalid': page(
    'A setting cannot be used',
    'The environment, the env file or a profile holds a value of the wrong form.',
    'Correct it in the place that the message names.',
  ),
  'settings/secret-missing': page(
    'No webhook secret is set',
    "Intercom signs every notification with the client secret of the app; without it nothing can be signed or checked. PropIQ's guide calls it the webhook secret.",
    'Developer Hub, your app, Configure, Basic Information, Client secret. Put it into .env as INTERCOM_WEBHOOK_SECRET.',
  ),
  'settings/secret-unusable': page(
    'The webhook secret cannot be the right one',
    'It is empty or still a placeholder, so that anybody could make its signatures.',
    'Put the client secret of the app in its place.',
  ),
  'settings/secret-input': page(
    'Standard input holds no usable secret',
    'It is empty, or has a line break or another control character inside it.',
    'Pipe exactly the secret: printf %s "$SECRET" | propiq-intercom … --secret-stdin',
  ),
  'env/value': page(
    'A value cannot be written into the env file',
    'dotenv could not read it back as it is, or the line would change how another key reads: a quote that is never closed is the usual reason.',
    'Mend the line that the message names, or set the value in the environment.',
  ),
  'env/tracked': page(
    'The env file is tracked by git',
    'A secret in a tracked file goes into the history with the next commit, and deleting it later does not take it out again.',
    'git rm --cached FILE, commit that, and run the command again. If the file is meant to be in the repository: --allow-tracked.',
  ),
  'env/link': page(
    'The env file is a link that is not followed',
    'It leads out of the project, or nowhere. A repository that somebody else made could so have a secret written into any file of yours.',
    'Name the file itself with --env-file, or replace the link by a file.',
  ),
  'env/unreadable': page(
    'The env file cannot be edited',
    'It is no text file in UTF-8, or this user may not read it. It is left as it is.',
    'Mend what the message names, or name another file with --env-file.',
  ),
  'env/read-only': page(
    'The env file is read-only',
    'Its mode says that nobody, or not this user, is to write it. That is respected, although it could be replaced.',
    'chmod u+w FILE, or run the command as the owner of the file.',
  ),
  'env/not-ignored': page(
    'git would not ignore the env file',
    'Before a secret is written into a repository, git must ignore the file. Either git could not be asked, or the rule could not be written or is overruled by another one.',
    'Mend what the message names. If the file is surely not in the repository: --allow-tracked.',
  ),
  'env/changed': page(
    'The env file keeps changing',
    'Another program writes to it all the time. What it wrote is never overwritten.',
    'Stop that program, and run the command again.',
  ),
  'env/write': page(
    'The env file cannot be written',
    'The folder is missing or may not be written, the disk is full, or the owner of the file could not be kept. The file is as it was.',
    'Mend what the message names, and run the command again.',
  ),
  'url/missing': page(
    'The webhook URL is missing',
    'It is neither an argument nor INTERCOM_WEBHOOK_URL, and no profile was named.',
    'Give the full address: https://…/intercom/webhook',
  ),
  'url/missing-scheme': page(
    'The URL has no https://',
    "The most common mistake of all: Intercom needs the full address, with https:// and the path (setting-up-webhooks in Intercom's documentation).",
    'Use the corrected address in the message.',
  ),
  'url/invalid': page(
    'The URL cannot be read',
    'It has spaces, quotes or another scheme, or its host or port is not one.',
    'Use the corrected address in the message.',
  ),
  'url/credentials': page(
    'The URL has a user name or password in it',
    'It would be written to logs. Whether Intercom sends such credentials is not documented; the signature is what proves a delivery.',
    'Take them out, and let the receiver check the signature.',
  ),
  'url/insecure': page(
    'Plain http to a public address',
    'A signed notification could be read and sent again by anybody on the way. Intercom asks for https.',
    'Use https. Plain http is fine on this computer and in private networks.',
  ),
  'topic/unknown': page(
    'There is no such topic',
    'It is not in the catalogue. Many pages list topics that never existed, such as conversation.closed.',
    'propiq-intercom topics list shows them all.',
  ),
  'topic/unknown-shape': page(
    'The shape of this topic is not known',
    "No delivery of it was ever published and Intercom's documentation does not describe it, and a made-up one would prove nothing.",
    'Send a notification that you have captured: send-test --data @notification.json',
  ),
  'topic/not-in-version': page(
    'This API version does not have the topic',
    "Names changed with API 2.5, and the app's version decides which ones it knows.",
    'Use the name in the message, or another --api-version.',
  ),
  'sample/unknown-path': page(
    'There is nothing at that path',
    'A value that is set where nothing stands would be ignored by the receiver, and nobody would notice.',
    'Use one of the paths in the message, or send your own body with --data.',
  ),
  'explain/unknown-id': page(
    'There is no such id',
    'Ids of checks and errors look like group/name.',
    'propiq-intercom explain lists them all.',
  ),
  'net/dns': page(
    'The name does not resolve',
    'The DNS has no address for it, or could not be asked.',
    'Check the spelling and the DNS records; a new record can take a while. Try: nslookup HOST',
  ),
  'net/refused': page(
    'The connection was refused',
    'The computer answers, but nothing listens on that port.',
    'Start the receiver, or correct the port.',
  ),
  'net/unreachable': page(
    'The host cannot be reached',
    'No route leads there, from this computer at least.',
    'Check the network, the VPN and the firewall.',
  ),
  'net/reset': page(
    'The connection was cut',
    'The other side, or something between, took the connection and closed it before an answer came.',
    "Look into the receiver's log: a crash or a proxy's limit is the usual reason.",
  ),
  'net/timeout': page(
    'No connection in time',
    'Nothing answered the attempt to connect: a firewall that drops packets looks like this.',
    'Check the address and the firewall, or allow more with --timeout.',
  ),
  'net/no-answer': page(
    'The connection was taken, but no answer came',
    'The other side accepted the connection and did not send the header of an answer in time. Intercom waits 5 s, then counts the delivery as failed.',
    'Answer first and work afterwards; look for the request in the log of the receiver. --timeout allows more, Intercom does not.',
  ),
  'net/tls': page(
    'The TLS connection failed',
    'The certificate is not one that Intercom could trust either, or the other side does not speak TLS.',
    'The message names the fault: serve the full chain, for this name, and in date.',
  ),
  'net/proxy': page(
    'The proxy did not connect',
    'HTTP_PROXY or HTTPS_PROXY names a proxy that refused or could not be reached.',
    'Correct the variable, or exempt the host with NO_PROXY.',
  ),
  'net/protocol': page(
    'The answer is not HTTP',
    'Something else listens on that port, or the answer is broken.',
    'Check the port and the scheme.',
  ),
  'net/interrupted': page(
    'The run was interrupted',
    'It was stopped before the answer came, or verify had lasted as long as it may: 24 times the wait for one answer.',
    'Run it again; verify can be split with --only.',
  ),
  'api/unauthorized': page(
    "Intercom's API does not accept the access token",
    'It answered 401: the token is wrong, was revoked, belongs to an app that is suspended, or to a workspace that is hosted in another region.',
    "Copy the token from the app's Authentication page in the Developer Hub into INTERCOM_ACCESS_TOKEN, and check INTERCOM_REGION.",
  ),
  'api/forbidden': page(
    'The token lacks a permission',
    "Intercom's API answered 403: it knows the token, but the app has not the scope that the call needs, or the plan does not include it.",
    'Tick the permission under Configure → Authentication in the Developer Hub. One vendor says that the token has to be regenerated after that; Intercom documents nothing about it.',
  ),
  'api/not-found': page(
    "Intercom's API does not have what was asked for",
    'It answered 404. The subscriptions API is documented as closed, so this is to be expected there.',
    'Subscribe in the Developer Hub: propiq-intercom setup --mode guide walks through it.',
  ),
  'api/gone': page(
    "Intercom's API has closed this way",
    'It answered 410: what was asked for is no longer there.',
    'Subscribe in the Developer Hub: propiq-intercom setup --mode guide walks through it.',
  ),
  'api/invalid': page(
    "Intercom's API refuses the request as it was asked",
    'It answered with a 4xx status that tells of a field, a value or the API version.',
    'The message has its reason and the field, where it named one.',
  ),
  'api/rate-limited': page(
    "Intercom's API asks for a pause",
    'It answered 429 again and again, or asked for a pause longer than this tool waits. The limit counts every program that uses the app.',
    'Try again later. Notifications are not counted against it.',
  ),
  'api/server-error': page(
    "Intercom's API failed",
    'It answered with a 5xx status, also when it was asked again where that is safe.',
    'Try again in some minutes; https://www.intercomstatus.com tells of outages.',
  ),
  'api/unexpected-answer': page(
    "The answer is not one of Intercom's API",
    'It was a redirect, HTML, cut off, too long, or JSON of another kind. Redirects are never followed, because the access token must not leave for another host.',
    'Check INTERCOM_API_BASE, and whether a proxy or a sign-in page stands in between.',
  ),
  'setup/deploy-failed': page(
    'The deploy command of setup did not end well',
    'It ended with an exit code other than 0, was ended by a signal, or could not be started. What it printed stands above the message.',
    'Run it by hand, mend it, and run setup again: it looks at what is there and goes on. It is given no INTERCOM secret in its environment; the env file has them.',
  ),
  'spawn/exited': page(
    'The application that --spawn started ended before it answered',
    'Its command is wrong, it lacks something that it needs to start, or it goes on in the background and leaves.',
    'Run the same command by hand, with PORT set. A server that puts itself into the background needs its flag to stay in front.',
  ),
  'spawn/not-ready': page(
    'The application that --spawn started does not answer',
    'It listens on another port than it was told, or it takes longer to start.',
    'Put {port} where its command takes the port, or let it read PORT; give it more time with --wait.',
  ),
  'inbox/missing': page(
    'There is no inbox there',
    'The file that was named does not exist, or was removed or replaced while `serve` had it open.',
    'serve makes it; check --store or PROPIQ_INTERCOM_STORE.',
  ),
  'inbox/is-a-directory': page(
    'The inbox is a folder',
    'The inbox is one SQLite file, and what was named is a folder (or something else that is no file).',
    'Name a file in it: --store FOLDER/inbox.db',
  ),
  'inbox/not-readable': page(
    'The inbox cannot be read',
    'serve makes it readable for its own user only, because it holds personal data.',
    'Run the command as the user who runs serve.',
  ),
  'inbox/not-writable': page(
    'The inbox cannot be written',
    'This user may not write there, or the disk is read-only.',
    'Name a place that can be written with --store.',
  ),
  'inbox/not-a-database': page(
    'The file is not an inbox',
    'It is not a SQLite database, or one of another program. It is left as it is.',
    'Name another with --store.',
  ),
  'inbox/newer': page(
    'The inbox was made by a newer version',
    'This version does not know its layout, and guessing could damage it.',
    'Use the newer propiq-intercom, or another --store.',
  ),
  'inbox/older': page(
    'The inbox was made by an older version',
    'It has to be brought up to the layout of this version first, and a command that only reads does not write.',
    'Start serve once; it migrates the inbox and keeps all events.',
  ),
  'inbox/locked': page(
    'The inbox is in use',
    'Another process holds it and did not let go in time.',
    'Stop that process, or name another --store.',
  ),
  'inbox/full': page(
    'The disk is full',
    'The event could not be stored, so it was not acknowledged and Intercom sends it once more.',
    'Make room.',
  ),
  'inbox/corrupt': page(
    'The inbox is damaged',
    'SQLite found pages that contradict each other: a failing disk, or a program that wrote into the file. It is left as it is.',
    'Keep a copy; sqlite3 FILE .recover may save its events. Go on with another --store.',
  ),
  'inbox/busy': page(
    'The inbox cannot keep up',
    'More events wait to be stored than there is room for. They are answered with 503, so that Intercom sends them once more.',
    'Nothing, if it passes. If it lasts, the disk is too slow: put the inbox on a faster one.',
  ),
  'inbox/unreachable': page(
    'The database of the inbox cannot be reached',
    'PostgreSQL does not run, listens elsewhere, is starting or stopping, has no connection to spare, or the network between is down.',
    'Start it, or check host and port of the URL. A running serve answers 503 meanwhile, so that Intercom sends again, and goes on by itself.',
  ),
  'inbox/login': page(
    'The database does not let this user in',
    'Wrong user or password, none where one is asked for, or pg_hba.conf refuses the combination of user, database and address.',
    'Check user and password in the URL of PROPIQ_INTERCOM_STORE; where the URL has none, PGPASSWORD and ~/.pgpass are used.',
  ),
  'inbox/no-database': page(
    'The database does not exist',
    'The server answers, but has no database of the name in the URL. serve makes tables, not databases.',
    'createdb NAME, or check the name.',
  ),
  'inbox/forbidden': page(
    'The database does not let this user do that',
    'The inbox is a schema of its own, propiq_intercom; making it needs the right to create one in the database, using it the rights on its tables.',
    'As the owner of the database: create schema propiq_intercom authorization USER;',
  ),
  'inbox/timeout': page(
    'The database did not answer in time',
    'A statement took longer than an answer to Intercom may take, and was given up.',
    'See what keeps the server busy or holds locks on the tables of propiq_intercom. If it passes, nothing is to be done: Intercom sends again.',
  ),
  'inbox/tls': page(
    'There is no secure connection to the database',
    'Beyond this computer the certificate of the server is verified, with its name; it has none, or one that this computer does not trust.',
    '?sslrootcert=FILE names its CA. ?sslmode=require encrypts without knowing the server, ?sslmode=disable does not encrypt: for a network that you trust.',
  ),
  'inbox/too-old': page(
    'The PostgreSQL server is too old',
    'PostgreSQL 14 is the oldest that is supported.',
    'Update the server, or name another one with --store.',
  ),
  'inbox/failed': page(
    'The inbox reported an error',
    'The message holds what the database said.',
    'Check the disk; if it stays, name another --store.',
  ),
  'inbox/unknown-event': page(
    'There is no such event',
    'Neither an inbox id nor a notification id in this inbox.',
    'propiq-intercom events list',
  ),
  'handler/cannot-load': page(
    'The module of the handlers cannot be loaded',
    'It has a syntax error, imports something that is not there, throws while it is loaded, or does not come to an end with it. Nothing was received.',
    'Mend the place that the message names; `node FILE` shows the same with more around it.',
  ),
  'handler/no-handlers': page(
    'The module exports no handlers that can be used',
    'Expected are functions by topic: `export const handlers = { … }`, a default export (an object by topic, or one function for all), or functions exported under the names of topics.',
    "Write it like export const handlers = { 'contact.user.created': async (notification, context) => { … } };",
  ),
  'serve/port-in-use': page(
    'The port is in use',
    'Another program listens there already.',
    'Stop it, or take another: --port 0 takes any free one.',
  ),
  'serve/cannot-listen': page(
    'The address cannot be listened on',
    "It is not one of this computer's, or this user may not take the port.",
    'Use --host 127.0.0.1 and a port above 1023.',
  ),
  'sandbox/endpoint-refused': page(
    'The sandbox would not save this address',
    'Intercom sends HEAD when a URL is saved. Which answers it forgives is not documented, so the sandbox takes 2xx only.',
    'Answer HEAD on the webhook path with 200: propiq-intercom verify --only endpoint/head shows what is answered.',
  ),
  'receiver/body-consumed': page(
    'The body was read before the receiver got it',
    'A signature is over the exact bytes of the body. A body parser (express.json(), Fastify’s JSON parser, request.json()) has read them, and what it made of them is not the same bytes.',
    'Mount the receiver before any body parser, or let that route keep its bytes: express.raw({ type: "*/*" }).',
  ),
  'receiver/answered-elsewhere': page(
    'The request was answered before the receiver came to it',
    'Some frameworks send an answer of their own (404, or an empty 200) as soon as the function that was mounted returns. The receiver answers later, when the notification is stored: Intercom saw the other answer.',
    'Let the framework leave the answer alone: ctx.respond = false in Koa, reply.hijack() in Fastify, return h.abandon in Hapi.',
  ),
  'io/read': page(
    'A file cannot be read',
    'It is missing, a directory, too long, or this user may not read it.',
    'Name a file that can be read.',
  ),
  'io/write': page(
    'A file cannot be written',
    'The place is missing, full, or this user may not write there.',
    'Name a place that can be written.',
  ),
  'internal/bug': page(
    'A bug in propiq-intercom',
    'Something happened that was never meant to happen.',
    'Run it again with --verbose and report what it prints.',
  ),
};
