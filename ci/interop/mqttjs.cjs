// MQTT.js in protocol versions 3 (3.1), 4 (3.1.1) and 5 against `mqttspec serve`, over TCP and WebSocket. Exit code 0: everything arrived as it has to.
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const readline = require('node:readline');

const [program, modules] = process.argv.slice(2);
const mqtt = require(path.resolve(modules, 'node_modules/mqtt'));
const server = spawn(program, ['serve', '--listen', 'mqtt://127.0.0.1:0', '--listen', 'ws://127.0.0.1:0/mqtt', '--user', 'ann:secret'], { stdio: ['ignore', 'pipe', 'inherit'] });
setTimeout(() => fail(new Error('no end after 60 seconds')), 60000);

function fail(error) {
  console.error(error);
  server.kill('SIGKILL');
  process.exit(1);
}
let ending = false;
server.on('error', fail).on('exit', (code) => ending || fail(new Error(`serve ended, exit code ${code}`)));
process.on('unhandledRejection', fail).on('uncaughtException', fail);

// A client with a list of what it got and a way to wait for the list's next entries.
async function connect(url, protocolVersion, more = {}) {
  const protocolId = protocolVersion === 3 ? 'MQIsdp' : 'MQTT';
  const client = mqtt.connect(url, { protocolVersion, protocolId, username: 'ann', password: 'secret', reconnectPeriod: 0, ...more });
  const inbox = [];
  let wake = () => {};
  client.on('message', (topic, payload, packet) => {
    inbox.push(`${topic} ${payload} qos ${packet.qos}${packet.retain ? ' retained' : ''}`);
    wake();
  });
  client.on('error', () => {});
  client.next = async (count) => {
    while (inbox.length < count) await new Promise((resolve) => (wake = resolve));
    return inbox.splice(0, count);
  };
  client.accepted = once(client, 'connect');
  client.accepted.catch(() => {});    // one that is to be refused has no other listener
  return client;
}

async function play(url, version) {
  const carrier = url.split(':')[0];
  const name = (role) => `${role}-${version}-${carrier}`;
  const topic = (rest) => `${carrier}/v${version}/${rest}`;
  const opened = async (role, more) => {
    const client = await connect(url, version, { clientId: name(role), ...more });
    const [connack] = await client.accepted;
    client.resumed = connack.sessionPresent;
    return client;
  };
  const publisher = await opened('publisher');
  const subscriber = await opened('subscriber');

  const granted = await subscriber.subscribeAsync(topic('#'), { qos: 2 });
  assert.equal(granted[0].qos, 2);
  for (const qos of [0, 1, 2]) await publisher.publishAsync(topic(`q${qos}`), 'hello', { qos });
  assert.deepEqual(await subscriber.next(3), [0, 1, 2].map((qos) => `${topic(`q${qos}`)} hello qos ${qos}`));

  await publisher.publishAsync(topic('kept'), 'later', { qos: 1, retain: true });
  assert.deepEqual(await subscriber.next(1), [`${topic('kept')} later qos 1`]);
  const late = await opened('late');
  await late.subscribeAsync(topic('kept'), { qos: 1 });
  assert.deepEqual(await late.next(1), [`${topic('kept')} later qos 1 retained`]);

  const dies = await opened('dies', { will: { topic: topic('will'), payload: Buffer.from('gone'), qos: 1, retain: false } });
  dies.stream.destroy();
  assert.deepEqual(await subscriber.next(1), [`${topic('will')} gone qos 1`]);

  const session = { clean: false, ...(version === 5 && { properties: { sessionExpiryInterval: 100 } }) };
  const away = await opened('session', session);
  await away.subscribeAsync(topic('away'), { qos: 2 });
  await away.endAsync();
  for (const qos of [1, 2]) await publisher.publishAsync(topic('away'), `waited ${qos}`, { qos });
  const back = await opened('session', session);
  assert.deepEqual(await back.next(2), [1, 2].map((qos) => `${topic('away')} waited ${qos} qos ${qos}`));
  if (version > 3) assert.equal(back.resumed, true);

  await subscriber.unsubscribeAsync(topic('#'));
  const stranger = await connect(url, version, { clientId: name('stranger'), password: 'wrong' });
  const [refusal] = await once(stranger, 'error');
  assert.equal(refusal.code, version === 5 ? 134 : 4);
  for (const client of [publisher, subscriber, late, back]) await client.endAsync();
  console.log(`MQTT.js in protocol version ${version} over ${carrier}: all as it has to be`);
}

(async () => {
  const lines = readline.createInterface({ input: server.stdout });
  const urls = [];
  for await (const line of lines) if (urls.push(line.replace('listening on ', '')) === 2) break;
  const [url, websocket] = urls;
  for (const version of [3, 4, 5]) await play(url, version);
  for (const version of [4, 5]) await play(websocket, version);

  const last = await connect(url, 5, { clientId: 'last' });
  await last.accepted;
  const told = once(last, 'disconnect');
  ending = true;
  server.kill('SIGTERM');
  const [packet] = await told;
  assert.equal(packet.reasonCode, 0x8b);
  const [code] = server.exitCode === null ? await once(server, 'exit') : [server.exitCode];
  assert.equal(code, 0);
  console.log('SIGTERM: DISCONNECT 8B, exit code 0');
  process.exit(0);
})();
