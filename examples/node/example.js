// Sends events and a profile update, and reads the profile.
import { readFileSync } from 'node:fs';
import grpc from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
import { Retry } from './retry.js';
import { stream } from './stream.js';

const CALL_MS = 10_000;
const RUN = process.env.SELFSAME_RUN ?? 'node-1';
// The time of what happened, not of sending: a retry must send the same bytes under the same key.
const TIME = { seconds: Date.parse('2026-01-15T12:00:00Z') / 1000 };
const PERSON = { kind: 'customer_id', value: `C-${RUN}` };

const contract = loadFileDescriptorSetFromBuffer(readFileSync('selfsame.binpb'), {
  keepCase: true, longs: Number, enums: String, defaults: true, oneofs: true,
});
const { selfsame } = grpc.loadPackageDefinition(contract);
const retry = new Retry(contract);

const { SELFSAME_SERVER, SELFSAME_API_KEY, SELFSAME_CA_FILE } = process.env;
const credentials = SELFSAME_CA_FILE
  ? grpc.credentials.createSsl(readFileSync(SELFSAME_CA_FILE))
  : grpc.credentials.createInsecure();
const metadata = new grpc.Metadata();
metadata.set('authorization', `Bearer ${SELFSAME_API_KEY}`);
const ingest = new selfsame.ingest.v1.IngestService(SELFSAME_SERVER, credentials);
const profiles = new selfsame.profile.v1.ProfileService(SELFSAME_SERVER, credentials);

// One unary call with its retries.
function call(client, method, request) {
  return retry.call(() => new Promise((resolve, reject) => {
    client[method](request, metadata, { deadline: Date.now() + CALL_MS },
      (error, response) => (error ? reject(error) : resolve(response)));
  }));
}

function pageView(number) {
  const name = 'selfsame.schemas.web.v1.PageViewed';
  return {
    key: `${RUN}-page-${number}`,
    event_time: TIME,
    identifiers: [PERSON],
    schema: { name },
    protobuf: contract[name].serialize({ url: `/page/${number}` }),
  };
}

function show(what, outcomes) {
  const counts = {};
  for (const { outcome } of outcomes) {
    const name = outcome.replace('OUTCOME_', '');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  for (const name of Object.keys(counts).sort()) console.log(`${what}: ${name} ${counts[name]}`);
}

const range = (count, make) => Array.from({ length: count }, (_, i) => make(i));

async function updateAndReadProfile() {
  const name = 'selfsame.schemas.account.v1.Traits';
  const update = {
    key: `${RUN}-profile`,
    event_time: TIME,
    identifiers: [PERSON],
    schema: { name },
    protobuf: contract[name].serialize({ first_name: 'Ada', city: 'Leeds' }),
  };
  show('profile update', (await call(ingest, 'UpdateProfiles', { profile_updates: [update] })).outcomes);
  const { profile } = await call(profiles, 'GetProfile', { profile: { identifier: PERSON } });
  // Loaded from a descriptor set, a map is a list of entries.
  const attributes = Object.fromEntries(profile.attributes.map(({ key, value }) => [key, value]));
  for (const attribute of ['first_name', 'city']) {
    console.log(`profile: ${attribute} = ${attributes[attribute].value.string_value}`);
  }
}

const limits = await call(ingest, 'GetLimits', {});
const three = { events: range(3, pageView) };
show('events', (await call(ingest, 'TrackEvents', three)).outcomes);
show('events sent again', (await call(ingest, 'TrackEvents', three)).outcomes);
const batches = range(20, (batch) => range(10, (i) => pageView(100 + 10 * batch + i)));
show('stream', await stream(ingest, metadata, retry, batches, limits.stream_requests_in_flight_max));
await updateAndReadProfile();
ingest.close();
profiles.close();
