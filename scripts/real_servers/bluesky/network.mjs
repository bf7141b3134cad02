// Starts the AT Protocol's own servers (identity directory, personal data server, AppView), makes
// people and posts through them, and says as JSON on standard output where the AppView is and what
// was made. Ends when standard input is closed.
import { AtpAgent, RichText } from '@atproto/api'
import { TestNetwork } from '@atproto/dev-env'
import { createInterface } from 'node:readline'
import { jetstream } from './jetstream.mjs'

const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)
const MOMENT = Date.parse('2026-10-01T08:00:00.000Z')
let ticks = 0

// Clocks of posts are a minute apart, so that what comes first is sure.
const tick = () => new Date(MOMENT + 60_000 * ticks++).toISOString()

const made = { accounts: {}, posts: [], comments: [], follows: [], likes: [], hidden: [], gone: [] }
const network = await TestNetwork.create({
  dbPostgresUrl: process.env.DB_POSTGRES_URL,
  dbPostgresSchema: 'groundswell',
})
const people = {}

async function open(name, bio, labels = []) {
  const agent = new AtpAgent({ service: network.pds.url })
  const handle = `${name}.test`
  await register(agent, { handle, email: `${name}@mail.test`, password: 'made-for-a-test' })
  const profile = { $type: 'app.bsky.actor.profile', displayName: name.replace('-', ' '), description: bio }
  if (labels.length) {
    const values = labels.map((val) => ({ val }))
    profile.labels = { $type: 'com.atproto.label.defs#selfLabels', values }
  }
  await agent.com.atproto.repo.putRecord({
    repo: agent.assertDid, collection: 'app.bsky.actor.profile', rkey: 'self', record: profile,
  })
  people[name] = agent
  made.accounts[handle] = {
    did: agent.assertDid, display_name: profile.displayName, bio, followers: 0, following: 0, posts: 0,
  }
  return agent
}

// The identity directory sometimes gives up on a busy machine; the same account is then asked for again.
async function register(agent, account) {
  for (let tries = 1; ; tries++) {
    try {
      return await agent.createAccount(account)
    } catch (error) {
      if (error.error !== 'UpstreamFailure' || tries === 5) throw error
    }
  }
}

const of = (agent) => made.accounts[agent.session.handle]

async function publish(agent, text, more = {}) {
  const words = new RichText({ text })
  await words.detectFacets(agent)
  const record = {
    text: words.text, facets: words.facets, langs: ['en'], createdAt: tick(), ...more.record,
  }
  const { uri, cid } = await agent.post(record)
  of(agent).posts += 1
  const post = {
    uri, cid, account: agent.assertDid, text, format: 'text', hashtags: [], mentions: [], links: [],
    published_at: record.createdAt, likes: 0, comments: 0, shares: 0, ...more.expected,
  }
  made.posts.push(post)
  return post
}

async function answer(agent, post, text) {
  const ref = { uri: post.uri, cid: post.cid }
  const record = { text, langs: ['en'], createdAt: tick(), reply: { root: ref, parent: ref } }
  const { uri } = await agent.post(record)
  of(agent).posts += 1
  post.comments += 1
  made.comments.push({ uri, post: post.uri, account: post.account, author: agent.assertDid, text })
}

async function like(agent, post) {
  await agent.like(post.uri, post.cid)
  post.likes += 1
  made.likes.push({ account: post.account, member: agent.assertDid })
}

async function follow(agent, whom) {
  await agent.follow(whom.assertDid)
  of(agent).following += 1
  of(whom).followers += 1
  made.follows.push({ account: whom.assertDid, member: agent.assertDid })
}

const anna = await open('trail-anna', 'Runs uphill. https://anna.example/routes')
const ben = await open('trail-ben', 'Shoes, tested until they fall apart.')
const cleo = await open('trail-cleo', 'Maps and long days.')
const fans = []
for (let number = 0; number < 12; number++) {
  fans.push(await open(`fan-${number}`, `Follows number ${number}.`))
}
const quiet = await open('trail-quiet', 'Not for strangers.', ['!no-unauthenticated'])
const leaving = await open('trail-leaving', 'Was here.')

async function pictures(agent, ...words) {
  const { data } = await agent.uploadBlob(PICTURE, { encoding: 'image/png' })
  const images = words.map((alt) => ({ image: data.blob, alt }))
  return { $type: 'app.bsky.embed.images', images }
}

const summit = await publish(anna, 'Früh am Gipfel 🏔️ #TrailRunning with @trail-ben.test', {
  record: { embed: await pictures(anna, 'A summit') },
  expected: { format: 'image', hashtags: ['TrailRunning'], mentions: ['trail-ben.test'] },
})
const shop = await publish(anna, 'New shoes: https://shop.example/shoes #ad', {
  expected: { hashtags: ['ad'], links: ['https://shop.example/shoes'] },
})
const pair = await publish(ben, 'Two soles, one winner #TrailRunning', {
  record: { embed: await pictures(ben, 'Left', 'Right') },
  expected: { format: 'carousel', hashtags: ['TrailRunning'] },
})
const card = await publish(ben, 'The whole test', {
  record: {
    embed: {
      $type: 'app.bsky.embed.external',
      external: { uri: 'https://ben.example/test', title: 'A test', description: 'Of shoes' },
    },
  },
  expected: { links: ['https://ben.example/test'] },
})
const quote = await publish(cleo, 'What Anna says #TrailRunning', {
  record: { embed: { $type: 'app.bsky.embed.record', record: { uri: summit.uri, cid: summit.cid } } },
  expected: { hashtags: ['TrailRunning'] },
})
summit.shares += 1
// More posts than a page of a feed holds at first.
for (let number = 0; number < 40; number++) await publish(cleo, `Kilometre ${number}`)
const silent = await publish(quiet, 'Nobody outside should keep this #TrailRunning')
await cleo.repost(pair.uri, pair.cid)
pair.shares += 1

for (const fan of fans) await follow(fan, anna)
for (const fan of fans.slice(0, 5)) await follow(fan, ben)
for (const fan of fans.slice(3, 8)) await follow(fan, cleo)
for (const fan of fans.slice(0, 7)) await like(fan, summit)
for (const fan of fans.slice(0, 3)) await like(fan, pair)
await like(ben, shop)
for (const fan of fans.slice(0, 4)) await answer(fan, summit, `Well run, says ${of(fan).display_name}`)
await answer(fans[5], card, 'Which size?')
await answer(anna, pair, 'The left one.')
await follow(fans[0], leaving)
await network.processAll()

await leaving.com.atproto.server.deactivateAccount({})
made.hidden.push(quiet.assertDid, silent.uri)
made.gone.push(leaving.assertDid)
await network.processAll(30_000)

const say = (said) => process.stdout.write(`${JSON.stringify(said)}\n`)
const stream = await jetstream(network, (cursor) => say({ listening: true, cursor }))
say({ server: `http://127.0.0.1:${network.bsky.port}`, stream: stream.address, made })

// A line on standard input makes news: a post, an answer to somebody, one post fewer, a new handle.
for await (const line of createInterface({ input: process.stdin })) {
  const post = await publish(anna, `Live: ${line}`)
  await answer(anna, card, 'Not news of her own')
  await cleo.deletePost(quote.uri)
  await ben.com.atproto.identity.updateHandle({ handle: 'trail-benjamin.test' })
  say({ news: post.uri, deleted: quote.uri, renamed: ben.assertDid })
}
await stream.close()
await network.close()
process.exit(0)
