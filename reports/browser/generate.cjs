// A record of any size, shaped like one of a real run: node generate.cjs CASES PACKETS > run.jsonl
"use strict";
const fs = require("fs"), path = require("path");

const versions = ["3.1", "3.1.1", "5.0"];
const text = value => [value.length >> 8, value.length & 255, ...Buffer.from(value)];
const frame = (first, ...body) => { const rest = body.flat(); return [first, ...(rest.length < 128 ? [rest.length] : [rest.length % 128 | 128, rest.length >> 7]), ...rest]; };
const hex = bytes => Buffer.from(bytes).toString("hex").replace(/..(?=.)/g, "$& ");

function statements() {
  const folder = path.join(__dirname, "../../scenarios/statements");
  return versions.flatMap(version => JSON.parse(fs.readFileSync(path.join(folder, version + ".json"))).map(one => ({ ...one, id: `${version}:${one.id}`, level_text: one.level, level: one.level.startsWith("MUST") ? "must" : "should" })));
}

// One case: a connection, a subscription, then messages there and back until there are enough packets.
function result(index, packets, statement) {
  const version = statement.id.split(":")[0], v5 = version === "5.0", steps = [], trace = [], where = `scenarios/generated/case_${index % 40}.json`;
  const topic = `mqttspec/k3m9q/${index.toString(36).padStart(4, "0")}/a`, id = `mk3m9q${index.toString(36).padStart(4, "0")}A`;
  let now = 12, sent = 0;
  const step = words => steps.push({ where: `${where}:${steps.length + 4}:5`, text: words, outcome: "held", at_us: now, took_us: 180, ...(words.startsWith("expect") && { limit_us: 5000000 }) });
  const event = (kind, bytes) => { now += 171; trace.push({ at_us: now, event: kind, client: "A", step: steps.length - 1, ...(bytes && { bytes: hex(bytes) }) }); sent += bytes ? 1 : 0; };
  const none = v5 ? [0] : [];
  step("open A"), event("opened");
  step("send A: CONNECT"), event("sent", frame(0x10, text(version === "3.1" ? "MQIsdp" : "MQTT"), { "3.1": 3, "3.1.1": 4, "5.0": 5 }[version], 2, 0, 60, none, text(id)));
  step("expect A: CONNACK with reason_code 0 (Success)"), event("received", frame(0x20, 0, 0, none));
  step("send A: SUBSCRIBE with packet_id 1, filters [(filter '${T}/#', qos 2)]"), event("sent", frame(0x82, 0, 1, none, text(topic), 2));
  step("expect A: SUBACK with packet_id 1, reason_codes [2 (Granted QoS 2)]"), event("received", frame(0x90, 0, 1, none, 2));
  let n = 10;
  for (; sent + 8 < packets; ++n) {
    const pid = [n >> 8, n & 255], payload = [...Buffer.from(`${n}`)];
    step(`send A: PUBLISH with topic '\${T}/a', payload '${n}', qos 2, packet_id ${n}`), event("sent", frame(0x34, text(topic), pid, none, payload));
    step(`expect A: PUBREC with packet_id ${n}`), event("received", frame(0x50, pid)), event("sent", frame(0x62, pid));
    step(`expect A: PUBCOMP with packet_id ${n}`), event("received", frame(0x70, pid)), event("received", frame(0x34, text(topic), pid, none, payload));
    event("sent", frame(0x50, pid)), event("received", frame(0x62, pid)), event("sent", frame(0x70, pid));
  }
  for (; sent < packets - 1; ++n) step(`send A: PUBLISH with topic '\${T}/a', payload '${n}'`), event("sent", frame(0x30, text(topic), none, [...Buffer.from(`${n}`)]));
  step("send A: DISCONNECT"), event("sent", frame(0xe0)), event("ended");
  const fails = index % 60 === 0, last = steps.length - 2;
  const finding = { statement: statement.id, verdict: fails ? "fail" : "pass", expected: "A: PUBCOMP", actual: fails ? "PUBCOMP with packet_id 7" : "", where: steps[last].where, step: last };
  if (fails) Object.assign(finding, { event: trace.length - 4, offset: 2, size: 2 }), steps[last].outcome = "not_held";
  return { type: "result", scenario: `${statement.topic}/case_${index % 40}`, case: `row ${index}`, title: "A message of QoS 2 is delivered exactly once and acknowledged in order", tags: [], version, transport: "mqtt",
    verdict: fails ? "fail" : "pass", reason: fails ? "expected A: PUBCOMP; PUBCOMP with packet_id 7" : "", started_ms: index, took_ms: now / 1000, findings: [finding], steps, trace,
    log: [`2026-01-01T00:00:00: New client connected from 127.0.0.1:40000 as ${id} (p5, c1, k60).`, `2026-01-01T00:00:01: Client ${id} disconnected.`] };
}

// Calls `write` with each line; the lines of a large record never stand in memory together.
function generate(cases, packets, write) {
  const all = statements(), line = value => write(JSON.stringify(value) + "\n");
  line({ type: "header", format: 1, tool: "mqttspec", target: "mqtt://127.0.0.1:1883", broker: "generated 1.0", profile: "generated", started: "2026-01-01T00:00:00Z", seed: 7, versions, transports: ["mqtt"], statements: all });
  for (let i = 0; i < cases; ++i) line(result(i, Math.round(packets / cases), all[(i * 7) % all.length]));
  line({ type: "footer", took_ms: cases, interrupted: false, note: "" });
}

if (require.main === module) generate(+process.argv[2], +process.argv[3], text => fs.writeSync(1, text));
module.exports = { generate };
