import { type Framework, says, strongest } from '../framework.ts';

/** The JSON of its exception filter: `{"message":"Cannot POST /path","error":"Not Found","statusCode":404}`. */
export const nest: Framework = {
  id: 'nest',
  name: 'NestJS',
  language: 'js',
  recognise: (answers) =>
    strongest([
      says(
        answers,
        /^\{"message":"Cannot (?:GET|HEAD|POST|OPTIONS) \/[^"]{0,300}","error":"Not Found","statusCode":404\}/,
      ),
      0.97,
    ]),
  rawBody: `// main.ts
const app = await NestFactory.create<NestExpressApplication>(AppModule, { rawBody: true });
app.useBodyParser('json', { limit: '2mb' }); // notifications grow with a conversation's history

// in the controller
@Post('intercom/webhook')
@HttpCode(200)
receive(@Req() req: RawBodyRequest<Request>) {
  const secret = process.env.INTERCOM_WEBHOOK_SECRET;
  if (!secret) throw new ServiceUnavailableException(); // with an empty key anybody could sign
  const body = req.rawBody ?? Buffer.alloc(0);
  const right = Buffer.from('sha1=' + createHmac('sha1', secret).update(body).digest('hex'));
  const given = Buffer.from(req.get('X-Hub-Signature') ?? '', 'latin1');
  if (given.length !== right.length || !timingSafeEqual(given, right)) throw new UnauthorizedException();
}`,
  head: `@Head('intercom/webhook')
head() {}`,
};
