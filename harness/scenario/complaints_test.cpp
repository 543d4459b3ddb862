#include <fmt/format.h>
#include <gmock/gmock.h>

#include "harness/scenario/loader_for_test.h"

namespace scenario::complaints_test {
namespace {
using testing::ElementsAre;
using testing::IsEmpty;

// What is said of a text in which @ marks the place of the complaint: "here: text", or "3:14: text" where it is elsewhere.
std::vector<std::string> said(std::string text) {
  int line = 1, column = 1;
  auto mark = text.find('@');
  for (std::size_t i = 0; mark != text.npos && i < mark; ++i) text[i] == '\n' ? (++line, column = 1) : ++column;
  if (mark != text.npos) text.erase(mark, 1);
  std::vector<std::string> result;
  for (auto& each : load_text("x", text, catalogue()).complaints) {
    bool here = mark != text.npos && each.place.line == line && each.place.column == column;
    result.push_back(here ? "here: " + each.text : fmt::format("{}:{}: {}", each.place.line, each.place.column, each.text));
  }
  return result;
}

std::string in_a_scenario(const std::string& steps, const std::string& more = "") {
  return "{\"title\": \"t\", \"versions\": [\"5.0\"], " + more + "\"steps\": [{\"connect\": \"A\"},\n" + steps +
         ",\n{\"ping\": \"A\", \"checks\": [\"5.0:MQTT-3.12.4-1\"]}]}";
}

struct Row { std::string step, text; };

void expect_each(const std::vector<Row>& rows, const std::string& more = "") {
  for (auto& row : rows) EXPECT_THAT(said(in_a_scenario(row.step, more)), ElementsAre("here: " + row.text)) << row.step;
}

TEST(Complaints, AreThreeLinesWithACaret) {
  auto suite = load_text("x/y", R"({ "title": "t", "versions": ["5.0"],
  "steps": [
    {"connect": "A"},
    {"exect": "A", "closed": true},
    {"expect": "A", "packet": {"SUBAK": {}}, "checks": ["5.0:MQTT-3.1.0-2"]} ] })", catalogue());
  ASSERT_EQ(suite.complaints.size(), 2u);
  EXPECT_EQ(to_string(suite.complaints[0]), "x/y.json:4:6: unknown key 'exect'; did you mean 'expect'?\n"
                                            "    {\"exect\": \"A\", \"closed\": true},\n"
                                            "     ^");
  EXPECT_EQ(to_string(suite.complaints[1]), "x/y.json:5:32: unknown packet 'SUBAK'; did you mean 'SUBACK'?\n"
                                            "    {\"expect\": \"A\", \"packet\": {\"SUBAK\": {}}, \"checks\": [\"5.0:MQTT-3.1.0-2\"]} ] }\n"
                                            "                               ^");
  EXPECT_THAT(suite.cases, IsEmpty());
}

TEST(Complaints, TheCaretStandsBehindTabsAndWideCharacters) {
  EXPECT_EQ(to_string(Complaint{{"f", 1, 6}, "t", "\t\"\xc3\xa9\" x"}), "f:1:6: t\n\t\"\xc3\xa9\" x\n\t   ^");
}

TEST(Complaints, OfStreams) {
  expect_each({
    {R"({"stream": "A", "to": @"B", "topic": "${T}/a", "messages": 5})", "the client 'B' has no connection yet; open or connect it first"},
    {R"({"stream": "A", "to": "A", "topic": "${T}/a", "qos": @2, "messages": 5})", "a stream has QoS 0 or 1"},
    {R"({"stream": "A", "to": "A", "topic": "${T}/a", "until": @"identifiers come round", "messages": 5})", "messages of QoS 0 have no identifiers that could come round"},
    {R"({"stream": "A", "to": "A", "topic": "${T}/a", "qos": 1, "until": @"now", "messages": 5})", "'until' must be \"identifiers come round\", not \"now\""},
    {R"(@{"stream": "A", "to": "A", "topic": "${T}/a"})", "'stream' needs the key 'messages': how many"},
    {R"({"stop_reading": @"B"})", "the client 'B' has no connection yet; open or connect it first"},
  });
}

TEST(Complaints, OfTables) {
  EXPECT_THAT(said(in_a_scenario(R"({"ping": "A"})", R"("for": @"ill_formed_utf", )")), ElementsAre("here: there is no table \"ill_formed_utf\"; did you mean 'ill_formed_utf8'?"));
  EXPECT_THAT(said(in_a_scenario(R"({"ping": "A"})", R"(@"for": "ill_formed_utf8", )")), ElementsAre("here: nobody uses the row variable 'bytes'; write ${bytes} in a step, or leave it out"));
}

TEST(Complaints, OfSteps) {
  expect_each({
    {R"({@"snd": "A"})", "unknown key 'snd'; did you mean 'send'?"},
    {R"(@{"zzzzzz": 1})", "this is no step; a step has one of open, send, expect, close, drop, wait, stop_reading, read_on, stream, broker, repeat, connect, subscribe, unsubscribe, publish, "
                          "receive, ping, cut or disconnect"},
    {R"({"send": "A", @"close": "A"})", "a step is one thing; 'send' and 'close' are two"},
    {R"({"send": "A", "raw": "c0 00", @"splt": [1]})", "unknown key 'splt' in 'send'; did you mean 'split'?"},
    {R"({"send": "A", "raw": "c0 00", @"checks": ["5.0:MQTT-3.1.0-2"]})",
      "'send' expects nothing that could fail; 'checks' belongs to a step that expects something"},
    {R"(@{"subscribe": "A"})", "'subscribe' needs the key 'to': a filter, or a list of filters as in SUBSCRIBE"},
    {R"({"expect": "A", "packet": "PUBACK", "within": @5})", "'within' must be a duration such as \"500ms\", \"2s\" or \"1.5s\", not 5"},
    {R"({"wait": @"2 s"})", "'wait' must be a duration such as \"500ms\", \"2s\" or \"1.5s\", not \"2 s\""},
    {R"({"open": @"Client_12"})", "'open' must be a client's name: a letter, then up to seven letters or digits, not \"Client_12\""},
    {R"({"send": @"B", "raw": "c0 00"})", "the client 'B' has no connection yet; open or connect it first"},
    {R"({"publish": @"B", "topic": "${T}/a", "qos": 2})", "the client 'B' has no connection yet; open or connect it first"},
    {R"(@{"send": "A"})", "'send' needs packet, packets or raw"},
    {R"({"send": "A", "packet": "PINGREQ", @"raw": "c0"})", "'packet' and 'raw' exclude each other"},
    {R"({"send": "A", "raw": "c0", @"instead": {"header": "c1"}})", "'instead' spoils a field of one 'packet'"},
    {R"({"send": "A", "packet": "PINGREQ", "split": @[0]})", "'split' must be a list of sizes from 1 upwards, or \"bytes\", not [0]"},
    {R"(@{"expect": "A"})", "'expect' needs packet, any_order, any_of, closed, nothing or websocket"},
    {R"({"expect": "A", "closed": @false})", "'closed' must be true, not false"},
    {R"({"expect": "A", "nothing": true, @"reason_code": 1})", "'reason_code' belongs to 'closed'; a packet's stands among its fields"},
    {R"({"expect": "A", "any_of": [{"closed": true, @"withn": "1s"}]})", "unknown key 'withn' in 'any_of'"},
    {R"({"expect": "A", "any_of": [@{"reason_code": 1}]})", "'any_of' needs packet, closed, nothing or websocket"},
    {R"({"expect": "A", "packet": "PUBACK", "within": "1s", "not_before": @"1s"})", "nothing comes not before 1 s and within 1 s"},
    {R"({"expect": "A", "packet": "PUBLISH", "skipping": [@"PUBLISH"]})", "PUBLISH is passed over and expected in one step"},
    {R"({"expect": "A", "packet": "PUBACK", "skipping": [@"PUBLSH"]})", "unknown packet 'PUBLSH'; did you mean 'PUBLISH'?"},
    {R"({@"broker": "restart"})", "not every broker can be stopped and started; add \"restart\" to 'needs'"},
    {R"({"broker": @"stpo"})", "'broker' must be \"stop\", \"start\", \"kill\" or \"restart\", not \"stpo\""},
    {R"({"connect": "B", "listener": @"anonymous"})", "not every broker has a listener 'anonymous'; add \"anonymous\" to 'needs'"},
    {R"({"connect": "B", "listener": @"certificates"})", "not every broker has a listener 'certificates'; add \"client_certificates\" to 'needs'"},
    {R"({"open": "B", @"certificate": "none"})", "a client shows its certificate at the listener 'certificates'; say \"listener\": \"certificates\""},
    {R"({"publish": "A", "topic": "${T}/a", @"within": "1s"})", "'publish' with QoS 0 expects nothing, so that 'within' means nothing"},
    {R"({"publish": "A", "topic": "${T}/a", "qos": @3})", "'qos' must be 0, 1 or 2, not 3"},
    {R"({"open": @"T"})", "a client named 'T' would hide the variable ${T}; choose another name"},
  });
}

TEST(Complaints, OfPhasesThatWouldTakeTheBrokerFromEachOther) {
  expect_each({{R"({@"broker": "restart"})", "phases are played side by side: one would take the broker from the others"}},
              "\"needs\": [\"restart\"], \"phases\": {\"times\": 2, \"over\": \"1s\"}, ");
}

TEST(Complaints, OfAClientThatLeft) {
  EXPECT_THAT(said(in_a_scenario("{\"disconnect\": \"A\"}")), ElementsAre("3:10: the client 'A' has ended its connection; open or connect it again first"));
  EXPECT_THAT(said(in_a_scenario("{\"drop\": \"A\"}, {\"connect\": \"A\"}")), IsEmpty());
}

TEST(Complaints, OfPacketsToSend) {
  expect_each({
    {R"({"send": "A", "packet": {@"PUBLSH": {}}})", "unknown packet 'PUBLSH'; did you mean 'PUBLISH'?"},
    {R"({"send": "A", "packet": @"PINREQ"})", "unknown packet 'PINREQ'; did you mean 'PINGREQ'?"},
    {R"({"send": "A", "packet": {"PINGREQ": @7}})", "the fields of PINGREQ must be an object, not 7"},
    {R"({"send": "A", "packet": {"PUBLISH": {"topic": "${T}/a", "payload": @7}}})", "payload must be a text or {\"$raw\": \"...\"}, not 7"},
    {R"({"publish": "A", "topic": "${T}/a", "retain": @"yes"})", "retain must be true or false, not \"yes\""},
    {R"({"connect": "B", "keep_alive": @"long"})", "keep_alive must be a whole number, not \"long\""},
    {R"({"subscribe": "A", "to": [{"filter": "${T}/a", "no_local": @1}]})", "no_local must be true or false, not 1"},
    {R"({"subscribe": "A", "to": "${T}/a", "properties": {"user_property": @7}})", "user_property must be a list of pairs [[\"key\", \"value\"]], not 7"},
    {R"({"send": "A", "packet": {"PUBLISH": {"topic": "${T}/a", "qos": 1, "packet_id": @0}}})",
      "PUBLISH needs a packet_id from 1 upwards; to send 0, write \"instead\": {\"packet_id\": \"m0\"}"},
    {R"({"send": "A", "packet": {"DISCONNECT": {"reason_code": @"Quota exeeded"}}})", "MQTT 5.0 has no reason code 'Quota exeeded'; did you mean 'Quota exceeded'?"},
    {R"({"send": "A", "packet": {"PUBLISH": {"topic": "${T}/a"}}, "instead": {@"topc": "s3 'a'"}})",
      "this PUBLISH has no field 'topc' in MQTT 5.0; did you mean 'topic'?"},
  });
}

TEST(Complaints, OfWhatTheCodecMissesPointAtThePacket) {
  EXPECT_THAT(said(in_a_scenario(R"({"send": "A", "packet": {"PUBLISH": {"topic": "${T}/a", "topik": 1}}})")),
              ElementsAre("2:66: PUBLISH has no field 'topik'; did you mean 'topic'?"));
  EXPECT_THAT(said(in_a_scenario(R"({"send": "A", "packet": {"PUBLISH": @{"topic": "${T}/a", "qos": 1}}})")),
              ElementsAre("here: PUBLISH needs packet_id with qos 1"));
  EXPECT_THAT(said(in_a_scenario(R"({"send": "A", "packet": {"PUBLISH": {"topic": "${T}/a", "qos": 1}}, "instead": {"packet_id": "m0"}})")), IsEmpty());
}

TEST(Complaints, OfTheRawNotationPointIntoTheText) {
  EXPECT_THAT(said(in_a_scenario(R"({"send": "A", "raw": "30 @zz"})")), ElementsAre(testing::StartsWith("here: ")));
  EXPECT_THAT(said(in_a_scenario(R"({"send": "A", "raw": "30 r s'${T}/a' @q"})")), ElementsAre(testing::StartsWith("here: ")));
  EXPECT_THAT(said(in_a_scenario(R"({"send": "A", "packet": {"PUBLISH": {"topic": "${T}"}}, "instead": {"topic": "s3 @x"}})")),
              ElementsAre(testing::StartsWith("here: ")));
  EXPECT_THAT(said(in_a_scenario(R"({"send": "A", "raw": "30 r s'${T}/a' 'hi'"})")), IsEmpty());
}

TEST(Complaints, OfPatterns) {
  expect_each({
    {R"({"expect": "A", "packet": {"PUBLISH": {@"qso": 1}}})", "PUBLISH has no field 'qso'; did you mean 'qos'?"},
    {R"({"expect": "A", "packet": @"SUBSCRIBE"})", "a broker never sends SUBSCRIBE, so that nothing can match"},
    {R"({"expect": "A", "packet": {"PUBLISH": {"qos": {@"$mni": 1}}}})", "unknown matcher '$mni'; did you mean '$min'?"},
    {R"({"expect": "A", "packet": {"PUBLISH": {"qos": {@"$min": 1, "a": 2}}}})", "the matcher '$min' must be alone in its object"},
    {R"({"expect": "A", "packet": {"PUBLISH": {"qos": {"$any": @1}}}})", "behind '$any' stands true, not 1"},
    {R"({"expect": "A", "packet": {"PUBLISH": {"qos": {"$min": @"a"}}}})", "behind '$min' stands a number, not \"a\""},
    {R"({"expect": "A", "packet": {"PUBLISH": {"qos": {"$between": @[2, 1]}}}})", "behind '$between' stands a list of two numbers, the smaller one first, not [2,1]"},
    {R"({"expect": "A", "packet": {"PUBLISH": {"topic": {"$length": @-1}}}})", "behind '$length' stands a length, or a matcher for it, not -1"},
    {R"({"expect": "A", "packet": {"PUBLISH": {"qos": {"$one_of": @1}}}})", "behind '$one_of' stands a list of values and matchers, not 1"},
    {R"({"expect": "A", "packet": {"PUBLISH": {"qos": {"$one_of": [1, {@"$mx": 1}]}}}})", "unknown matcher '$mx'; did you mean '$max'?"},
    {R"({"expect": "A", "packet": {"PUBLISH": {"properties": {@"topik_alias": 1}}}})", "there is no property 'topik_alias'; did you mean 'topic_alias'?"},
    {R"({"expect": "A", "packet": {"DISCONNECT": {"reason_code": {"$one_of": [0, @"Not autorized"]}}}})",
      "MQTT 5.0 has no reason code 'Not autorized'; did you mean 'Not authorized'?"},
    {R"({"expect": "A", "closed": true, "reason_code": @"Malformed Paket"})", "MQTT 5.0 has no reason code 'Malformed Paket'; did you mean 'Malformed Packet'?"},
    {R"({"expect": "A", "closed": true, "reason_code": {@"$mn": 128}})", "unknown matcher '$mn'; did you mean '$min'?"},
    {R"({"expect": "A", "packet": {"PUBLISH": {"packet_id": {"$save": @"pid"}}}})",
      "nobody uses the capture 'pid'; write {\"$any\": true} for a field that only must be there"},
    {R"({"receive": "A", "topic": @"a/b"})", "the topic \"a/b\" does not hold ${T}, so that other cases would meet it; put ${T} into it, or say \"alone\": true"},
  });
  EXPECT_THAT(said(in_a_scenario(R"({"expect": "A", "packet": {"PUBLISH": {"topic": {"$matches": @"("}}}})")),
              ElementsAre(testing::StartsWith("here: \"(\" is no ECMAScript regular expression: ")));
}

TEST(Complaints, OfTopicsThatOthersWouldMeet) {
  std::string rest = " does not hold ${T}, so that other cases would meet it; put ${T} into it, or say \"alone\": true";
  std::vector<Row> rows = {
    {R"({"publish": "A", "topic": @"a"})", "the topic \"a\"" + rest},
    {R"({"publish": "A", "topic": {"$raw": @"'a'"}})", "the topic \"'a'\"" + rest},
    {R"({"subscribe": "A", "to": @"#"})", "the filter \"#\"" + rest},
    {R"({"subscribe": "A", "to": ["${T}/a", {"filter": @"$SYS/#"}]})", "the filter \"$SYS/#\"" + rest},
    {R"({"unsubscribe": "A", "from": ["${T}", @"+"]})", "the filter \"+\"" + rest},
    {R"({"connect": "B", "will": {"topic": @"w", "payload": "p"}})", "the topic \"w\"" + rest},
  };
  expect_each(rows);
  for (auto& row : rows) EXPECT_THAT(said(in_a_scenario(row.step, "\"alone\": true, ")), testing::Each(testing::Not(testing::HasSubstr("does not hold")))) << row.step;
  EXPECT_THAT(said(in_a_scenario(R"({"subscribe": "A", "to": "$share/g/${T}/x"})")), IsEmpty());
  EXPECT_THAT(said(in_a_scenario(R"({"publish": "A", "topic": ""})")), IsEmpty());
  EXPECT_THAT(said(in_a_scenario(R"({"send": "A", "packet": {"PUBLISH": {"topic": "a"}}, "instead": {"topic": "s'a'"}})")), IsEmpty());
}

TEST(Complaints, OfVariables) {
  expect_each({
    {R"({"publish": "A", "topic": @"${T}/${a}"})", "unknown variable '${a}'; did you mean 'A'?"},
    {R"({"send": "A", "packet": {"PUBACK": {"packet_id": @"${pid}"}}}, {"expect": "A", "packet": {"PUBLISH": {"packet_id": {"$save": "pid"}}}},
        {"send": "A", "packet": {"PUBACK": {"packet_id": "${pid}"}}})", "'${pid}' is used before a {\"$save\": \"pid\"} in an earlier step"},
    {R"({"expect": "A", "packet": {"PUBLISH": {"packet_id": {"$save": @"A"}}}}, {"publish": "A", "topic": "${T}/${A}"})",
      "the capture 'A' would hide a variable of that name; choose another"},
    {R"({"publish": "A", "topic": @"${T}/${receive 1}"})", "unknown variable '${receive 1}'"},
  });
  EXPECT_THAT(said(in_a_scenario(R"({"expect": "A", "packet": {"PUBLISH": {"packet_id": {"$save": @"my id"}}}})")),
              testing::Contains("here: 'my id' cannot name a capture: a letter, then letters, digits and _"));
}

TEST(Complaints, OfChecks) {
  expect_each({
    {R"({"ping": "A", "checks": [@"5.0:MQTT-3.1.0-22"]})", "unknown statement '5.0:MQTT-3.1.0-22'; did you mean '5.0:MQTT-3.1.0-2'?"},
    {R"({"ping": "A", "checks": ["5.0:MQTT-3.1.0-2", @"5.0:MQTT-3.1.0-2"]})", "the statement '5.0:MQTT-3.1.0-2' stands twice in this step"},
    {R"({"ping": "A", "checks": [@"3.1.1:MQTT-3.1.0-2"]})", "'3.1.1:MQTT-3.1.0-2' is a statement of 3.1.1, which is not among the versions of this scenario"},
    {R"({"ping": "A", "checks": @[]})", "'checks' must be a list of statements such as \"3.1.1:MQTT-3.1.0-2\", not []"},
  });
  EXPECT_THAT(said(R"({"title": "t", "versions": @["3.1.1", "5.0"], "steps": [{"connect": "A", "checks": ["3.1.1:MQTT-3.1.0-2"]}]})"),
              ElementsAre("here: no step checks a statement of 5.0 or records a behaviour; add one to 'checks' or 'records', or leave 5.0 out of 'versions'"));
}

TEST(Complaints, OfCuts) {
  expect_each({
    {R"({"cut": "A", "by": @"rst"})", "'by' must be \"fin\", \"reset\", \"disconnect\", \"keep_alive\" or \"takeover\", not \"rst\""},
    {R"(@{"cut": "A"})", "'cut' needs the key 'by': how"},
    {R"({"cut": @"B", "by": "takeover"})", "the client 'B' has no connection yet; open or connect it first"},
    {R"({"cut": @"B", "by": "reset"})", "the client 'B' has no connection yet; open or connect it first"},
    {R"({"connect": @"B", "after": "takeover"})", "the client 'B' has no connection yet; open or connect it first"},
    {R"({"expect": "A", "any_order": @["PUBACK", []]})", "'any_order' must be a list of packets, or of lists of packets that keep their order, not [\"PUBACK\",[]]"},
    {R"({"expect": "A", "any_order": ["PUBACK", ["PUBACK", @"PUBAK"]]})", "unknown packet 'PUBAK'; did you mean 'PUBACK'?"},
  });
}

TEST(Complaints, OfOneOfSeveralClients) {
  auto with_b = [](const std::string& step) { return R"({"connect": "B"}, {"connect": "C", "mqtt": "3.1.1"}, )" + step; };
  expect_each({
    {with_b(R"({"expect": @["A"], "packet": "PUBLISH"})"), "'expect' must be a client's name, or a list of at least two, not [\"A\"]"},
    {with_b(R"({"expect": @["A", "D"], "packet": "PUBLISH"})"), "the client 'D' has no connection yet; open or connect it first"},
    {with_b(R"({"expect": @["A", "C"], "packet": "PUBLISH"})"), "the clients of one step speak one version of MQTT"},
    {with_b(R"({"expect": ["A", "B"], "packet": "PUBLISH", @"within": "1s"})"), "'within' is for one client, not for a list"},
    {with_b(R"(@{"expect": ["A", "B"], "closed": true})"), "of several clients only a 'packet' can be expected"},
    {with_b(R"({"expect": "A", "packet": "PUBLISH", @"got": "W"})"), "'got' belongs to a list of clients"},
    {with_b(R"({"connect": "D"}, {"expect": ["A", "B", "D"], "packet": "PUBLISH", "got": "W", @"other": "L"})"), "'other' is one of two clients, not of more"},
    {with_b(R"(@{"receive": ["A", "B"], "topic": "${T}", "qos": 1})"), "'receive' of several clients with QoS 1 or 2 needs 'got': who acknowledges"},
    {with_b(R"({"ping": @"W"})"), "the client 'W' has no connection yet; open or connect it first"},
  });
}

TEST(Complaints, OfRepeats) {
  expect_each({
    {R"({"repeat": @0, "steps": [{"ping": "A"}]})", "'repeat' must be a whole number from 1 to 1000, not 0"},
    {R"({"repeat": @1001, "steps": [{"ping": "A"}]})", "'repeat' must be a whole number from 1 to 1000, not 1001"},
    {R"(@{"repeat": 2})", "'repeat' needs the key 'steps': what is repeated"},
    {R"({"repeat": 2, @"form": 3, "steps": [{"ping": "A"}]})", "unknown key 'form' in 'repeat'; did you mean 'from'?"},
    {R"({"repeat": 2, "steps": [{@"repeat": 2, "steps": []}]})", "a 'repeat' holds no other 'repeat'"},
    {R"({"repeat": 2, "steps": [{@"pin": "A"}]})", "unknown key 'pin'; did you mean 'ping'?"},
    {R"({"publish": "A", "topic": @"${T}/${i}"})", "unknown variable '${i}'"},
  });
}

TEST(Complaints, OfFrames) {
  expect_each({
    {R"({"expect": "A", "packet": {"PUBACK": {"frame": @7}}})", "'frame' must be an object of length, header, remaining_length or remaining_length_size, not 7"},
    {R"({"expect": "A", "packet": {"PUBACK": {"frame": {@"lenght": 7}}}})", "a packet's 'frame' has no 'lenght'; did you mean 'length'?"},
    {R"({"expect": "A", "packet": {"PUBACK": {@"fram": {}}}})", "PUBACK has no field 'fram'; did you mean 'frame'?"},
    {R"({"send": "A", "packet": {"PUBACK": {"packet_id": 1, "frame": @{"length": 7}}}})", "PUBACK has no field 'frame'; there is packet_id, reason_code, properties"},
  });
}

TEST(Complaints, OfRecords) {
  expect_each({
    {R"({"expect": "A", "nothing": true, "records": [@"X-70"]})", "there is no behaviour 'X-70'; did you mean 'X-07'?"},
    {R"({"expect": "A", "nothing": true, "records": [@"X-50"]})", "'X-50' is no question of 5.0, in which this scenario is played"},
    {R"({"expect": "A", "nothing": true, "records": @[]})", "'records' must be a list of behaviours such as \"X-07\", not []"},
    {R"({"expect": "A", "nothing": true, "checks": ["5.0:MQTT-3.1.0-2"], @"records": ["X-07"]})",
      "'checks' and 'records' exclude each other: what a statement decides is not left open"},
    {R"({"expect": "A", @"any_order": ["PUBACK"], "records": ["X-07"]})", "an answer to 'records' is one thing: packet, any_of, closed or nothing"},
    {R"({"expect": "A", "nothing": true, @"as": "silent"})", "'as' names an answer to 'records', which this step has not"},
    {R"({"expect": "A", "any_of": [{"nothing": true, @"as": "silent"}]})", "'as' names an answer to 'records', which this step has not"},
    {R"({"ping": "A", @"records": ["X-07"]})", "'records' belongs to 'expect', not to 'ping'"},
  });
  auto behind = [](const std::string& steps) {
    return R"({"title": "t", "versions": ["5.0"], "steps": [{"connect": "A"}, {"expect": "A", "nothing": true, "records": ["X-07"]},)" + steps + "]}";
  };
  EXPECT_THAT(said(behind(R"({"ping": "A", @"checks": ["5.0:MQTT-3.12.4-1"]})")),
              ElementsAre("here: an earlier step left open what becomes of A's connection ('records'); check before it, on another client, or open A again"));
  EXPECT_THAT(said(behind(R"({"ping": "A"}, {"drop": "A"}, {"connect": "A"}, {"ping": "A", "checks": ["5.0:MQTT-3.12.4-1"]})")), IsEmpty());
  EXPECT_THAT(said(behind(R"({"connect": "B", "checks": ["5.0:MQTT-3.1.4-5"]})")), IsEmpty());
}

TEST(Complaints, OfVersions) {
  expect_each({
    {R"({"connect": "B", "keep_alive": @{"$version": {"3.1.1": 5}}})", "'$version' has no value for 5.0, in which this scenario is played"},
    {R"({"connect": "B", "keep_alive": {"$version": {"5.0": 5, @"5": 5}}})", "'5' is no version; there is \"3.1\", \"3.1.1\" or \"5.0\""},
    {R"({"connect": "B", "keep_alive": {"$version": {"5.0": @"x"}}})", "keep_alive must be a whole number, not \"x\""},
    {R"({"connect": "B", "mqtt": @"4"})", "'mqtt' must be \"3.1\", \"3.1.1\" or \"5.0\", not \"4\""},
  });
}

TEST(Complaints, OfTheFile) {
  auto tail = std::string(R"("steps": [{"connect": "A", "checks": ["5.0:MQTT-3.1.0-2"]}]})");
  std::vector<Row> rows = {
    {R"({@"tilte": "t", "title": "t", "versions": ["5.0"], )" + tail, "unknown key 'tilte'; did you mean 'title'?"},
    {R"(@{"versions": ["5.0"], )" + tail, "a scenario needs the key 'title': one sentence that says what a right broker does"},
    {R"({"title": @"", "versions": ["5.0"], )" + tail, "the title must say in one sentence what a right broker does"},
    {R"({"title": "t", "versions": @[], )" + tail, "'versions' must be a list out of \"3.1\", \"3.1.1\" and \"5.0\", not []"},
    {R"({"title": "t", "versions": ["5.0", @"5.0"], )" + tail, "5.0 stands twice"},
    {R"({"title": "t", "versions": ["5.0"], "needs": [@"retaind"], )" + tail, "'retaind' is no ability; did you mean 'retained'?"},
    {R"({"title": "t", "versions": ["5.0"], "needs": ["sys", @"sys"], )" + tail, "the ability 'sys' stands twice"},
    {R"({"title": "t", "versions": ["5.0"], "phases": {"times": 6, "over": @"6"}, )" + tail, "'over' must be a duration such as \"500ms\", \"2s\" or \"1.5s\", not \"6\""},
    {R"({"title": "t", "versions": ["5.0"], "phases": @{"times": 6}, )" + tail, "'phases' needs the key 'over': the time the starts are spread over"},
    {R"({"title": "t", "versions": ["5.0"], @"title": "t", )" + tail, "the key 'title' stands twice in this object (first at 1:2)"},
    {R"(@[])", "a scenario must be an object with 'title' and 'steps'"},
  };
  for (auto& row : rows) EXPECT_THAT(said(row.step), ElementsAre("here: " + row.text)) << row.step;
  EXPECT_THAT(said("{\"title\": }").size(), 1u);
}

std::string with_rows(const std::string& rows, const std::string& topic = "${T}/${x}") {
  return "{\"title\": \"t\", \"versions\": [\"5.0\"], \"for\": " + rows + ",\n\"steps\": [{\"connect\": \"A\"}, {\"publish\": \"A\", \"topic\": \"" + topic +
         "\"}, {\"ping\": \"A\", \"checks\": [\"5.0:MQTT-3.12.4-1\"]}]}";
}

TEST(Complaints, OfRows) {
  std::vector<Row> rows = {
    {with_rows("@[]", "${T}"), "'for' has no row, so that nothing would be played"},
    {with_rows(R"([@{"x": "1"}])"), "a row of 'for' needs the key 'name': the name of this case"},
    {with_rows(R"([{"name": "a", "x": "1"}, {"name": @"a", "x": "2"}])"), "two rows have the name \"a\""},
    {with_rows(R"([{"name": @"", "x": "1"}])"), "a row's name must not be empty"},
    {with_rows(R"([{"name": "a", "x": "1", @"y": 2}, {"name": "b", "x": "1", "y": 2}])"), "nobody uses the row variable 'y'; write ${y} in a step, or leave it out"},
    {with_rows(R"([{"name": "a", "x": "1", "versions": [@"3.1"]}])"), "3.1 is not among the versions of this scenario"},
    {with_rows(R"([{"name": "a", "x": "1", "needs": [@"x"]}])"), "'x' is no ability"},
    {with_rows(R"([{"name": "a", "x": "1", @"T": "x"}])"), "'T' is the name of a variable of the language; choose another"},
  };
  for (auto& row : rows) EXPECT_THAT(said(row.step), ElementsAre("here: " + row.text)) << row.step;
  EXPECT_THAT(said(with_rows(R"([{"name": "a", "x": "1"}, {"name": "b"}])")), ElementsAre("2:55: the row 'b' has no value for '${x}'"));
}

TEST(Complaints, PointIntoTheRowWhoseValueIsWrong) {
  EXPECT_THAT(said(with_rows(R"([{"name": "a", "x": "${T}"}, {"name": "b", "x": @7}])", "${x}")), ElementsAre("here: topic must be a text or {\"$raw\": \"...\"}, not 7"));
}

TEST(Complaints, OfASecondTable) {
  auto with = [](const std::string& tables) {
    return R"({"title": "t", "versions": ["5.0"], )" + tables + R"(, "steps": [{"connect": "A"}, {"publish": "A", "topic": "${x}"}, {"ping": "A", "checks": ["5.0:MQTT-3.12.4-1"]}]})";
  };
  std::vector<Row> rows = {
    {R"(@"by": [{"name": "b", "x": "${T}"}])", "'by' is a second table and needs a 'for' beside it"},
    {R"("for": [{"name": "a", "x": "${T}/${y}"}], "by": @[])", "'by' has no row, so that nothing would be played"},
    {R"("for": [{"name": "a", "x": "${T}/${y}"}], "by": [@{"y": "1"}])", "a row of 'by' needs the key 'name': the name of this case"},
    {R"("for": [{"name": "a", "x": "${T}"}], "by": [{"name": "b", @"x": "1"}])", "'x' is a variable of 'for' already"},
    {R"("for": [{"name": "a", "x": "${T}"}], "by": [{"name": "b", @"y": "1"}])", "nobody uses the row variable 'y'; write ${y} in a step, or leave it out"},
    {R"("for": [{"name": "a", "x": "${y}"}], "by": [{"name": "b", "y": @7}])", "topic must be a text or {\"$raw\": \"...\"}, not 7"},
    {R"("for": [{"name": "a", "y": "1"}], "by": [{"name": "b", "x": @"${T}/${y}"}])", "a row's value cannot use the row's variable '${y}' (row 'a, b')"},
  };
  for (auto& row : rows) {
    auto complaints = said(with(row.step));
    EXPECT_THAT(complaints, testing::Contains("here: " + row.text)) << row.step;
  }
}

TEST(Complaints, OfWhatIsAboutWebSocket) {
  const std::vector<Row> without = {
    {R"({"open": "B", @"subprotocols": ["mqtt"]})", "'subprotocols' is about WebSocket; say \"transport\": \"ws\" in the file"},
    {R"({"send": "A", "packet": "PINGREQ", @"websocket": "text"})", "'websocket' is about WebSocket; say \"transport\": \"ws\" in the file"},
    {R"({"expect": "A", @"websocket": {"close": {}}})", "'websocket' is about WebSocket; say \"transport\": \"ws\" in the file"},
    {R"({"expect": "A", "any_of": [{@"websocket": {"close": {}}}]})", "'websocket' is about WebSocket; say \"transport\": \"ws\" in the file"},
  };
  expect_each(without);
  const std::vector<Row> with = {
    {R"({"send": "A", "packet": "PINGREQ", "websocket": @"txt"})",
     "'websocket' must be \"text\", \"unmasked\", \"fragments\", \"first\", \"last\", \"reserved\", \"ping\", \"pong\" or \"close\", not \"txt\""},
    {R"({"expect": "A", "websocket": @{"closed": {}}})", "'websocket' must be an object with one of \"answer\", \"close\", \"ping\" and \"pong\", not {\"closed\":{}}"},
    {R"({"expect": "A", "websocket": {"close": {"code": {@"$mim": 1}}}})", "unknown matcher '$mim'; did you mean '$min'?"},
  };
  expect_each(with, R"("transport": "ws", )");
  EXPECT_THAT(said(in_a_scenario(R"({"send": "A", "raw": "'x'", "websocket": "ping"}, {"expect": "A", "websocket": {"pong": {"payload": "x"}}})", R"("transport": "ws", )")), IsEmpty());
  EXPECT_THAT(said(in_a_scenario(R"({"ping": "A"})", R"("transport": "wss", )")), ElementsAre("1:50: 'transport' is \"ws\" or left out, not \"wss\""));
}

TEST(Complaints, NameTheRowWhereOneTextServesSeveral) {
  EXPECT_THAT(said(with_rows(R"([{"name": "a", "x": "1"}, {"name": "b", "x": "2"}])", "${x}/a")),
              ElementsAre(testing::HasSubstr("the topic \"1/a\" does not hold ${T}"), testing::EndsWith("(row 'b')")));
}

TEST(Complaints, OfAllVersionsAndRowsAreSaidOnce) {
  EXPECT_THAT(said(R"({"title": "t", "for": [{"name": "a", "x": 1}, {"name": "b", "x": 1}],
"steps": [{"connect": "A", "keep_alive": "${x}"}, {"png": "A"}]})"), ElementsAre("2:52: unknown key 'png'; did you mean 'ping'?"));
}

TEST(Complaints, OfAPathThatIsNotThere) {
  auto suite = load("scenarios", {"scenarios/no/such.json"}, catalogue());
  ASSERT_EQ(suite.complaints.size(), 1u);
  EXPECT_EQ(to_string(suite.complaints[0]), "scenarios/no/such.json:1:1: there is no such file or folder\n\n^");
}

}  // namespace
}  // namespace scenario::complaints_test
