// The language of the filter, without a browser: node --test reports/browser/filter_test.cjs
"use strict";
const test = require("node:test"), assert = require("node:assert");
const { parseFilter, fits } = require("../templates/filter.js");

const facts = {
  status: "pass warning", version: "3.1.1", broker: "mosquitto 2.0.11", transport: "wss", theme: "qos2", topic: "qos2 session", packet: "connect publish pubrec",
  statement: "3.1.1:mqtt-4.3.3-1", text: "qos2/flow [3.1.1 wss] a message is delivered exactly once",
};
const shown = text => fits(parseFilter(text).words, facts);

for (const [filter, expected] of [
  ["", true], ["  ", true], ["exactly", true], ["EXACTLY Once", true], ["never", false], ["exactly never", false],
  ["status:pass", true], ["status:warning", true], ["status:fail", false], ["status:fail,pass", true], ["-status:fail", true], ["-status:pass", false], ["-status:fail,pass", false],
  ["status:", true], ["status:warn", false], ["version:3.1.1", true], ["version:3.1", false], ["version:3.1,3.1.1", true],
  ["broker:mosq", true], ["broker:aedes", false], ['broker:"mosquitto 2"', true], ["transport:ws", true], ["transport:wss", true], ["transport:mqtt", false],
  ["theme:qos2", true], ["theme:session", false], ["topic:session", true], ["topic:qos", false], ["statement:MQTT-4.3.3", true], ["statement:5.0:", false],
  ["packet:PUBREC", true], ["packet:pub", false], ["-packet:puback", true], ['"message is"', true], ['"is message"', false], ['-"message is"', false], ['"message is deliv', true],
  ["-never -nothing", true], ["status:pass version:3.1.1 topic:qos2 transport:wss broker:mosquitto exactly", true], ["status:pass version:5.0", false],
]) test(`${filter || "(empty)"} ${expected ? "shows" : "hides"} the case`, () => assert.equal(shown(filter), expected));

test("an unknown key is said to be none, and the other words still count", () => {
  const parsed = parseFilter("colour:red status:fail");
  assert.equal(parsed.wrong, "colour: is no key (status, version, broker, transport, theme, topic, statement, packet)");
  assert.deepEqual(parsed.words, [{ key: "status", values: ["fail"], not: false }]);
});

test("a colon that belongs to the text is kept when it is quoted", () => {
  assert.deepEqual(parseFilter('"a: nothing"').words, [{ key: "text", values: ["a: nothing"], not: false }]);
  assert.equal(parseFilter('"a: nothing"').wrong, "");
});
