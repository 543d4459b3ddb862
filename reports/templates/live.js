// The run as it goes. What the page is told (reports/live.h): the run, cases, how far it is; "anew": forget what you knew; "over": the report is here, or nothing more will come.
(() => {
  const at = id => document.getElementById(id);
  const sections = ["fail", "error", "inconclusive", "warning", "pass", "skip"];
  const again = 1000;           // milliseconds before the next attempt to reach the program
  let cases = [], run = {}, words = [], over = false;

  // Texts of strangers become text, never markup.
  function element(name, attributes, ...inside) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  }

  function finding(of) {
    const item = element("li", { class: of.verdict }, element("b", {}, of.word), " ", element("span", { class: "id" }, of.statement), " ", element("small", {}, [of.level, of.section && `section ${of.section}`, of.where].filter(Boolean).join(", ")));
    if (of.summary) item.append(element("br", {}), of.summary);
    if (of.expected) item.append(element("br", {}), element("i", {}, "Expected:"), ` ${of.expected}`);
    if (of.actual) item.append(element("br", {}), element("i", {}, "Actual:"), ` ${of.actual}`);
    return item;
  }

  // Gives { shown, section, facts }: a case on the page, and what a filter asks of it.
  function caseOf(told) {
    const section = told.warned ? "warning" : told.verdict;
    const shown = element("div", { class: "case" }, element("p", {}, element("b", { class: `verdict ${section}` }, section), element("span", { class: "name" }, told.name), " ", element("span", { class: "title" }, told.title), " ", element("small", {}, told.took)));
    if (told.reason && !told.findings.length) shown.append(element("p", { class: "why" }, told.reason));
    if (told.findings.length) shown.append(element("ul", { class: "findings" }, ...told.findings.map(finding)));
    if (told.more) shown.append(element("p", {}, element("small", {}, `and ${told.more} more`)));
    const facts = { status: told.warned ? "pass warning" : told.verdict, version: told.version, transport: told.transport, broker: run.broker ?? "", topic: told.topic, theme: told.topic.split(" ", 1)[0],
      statement: told.findings.map(each => each.statement).join(" "), packet: told.packets, text: shown.textContent };
    for (const key of Object.keys(facts)) facts[key] = facts[key].toLowerCase();
    return { shown, section, facts };
  }

  // ---- the filter, in the address as the report reads it

  const wanted = one => words.length === 0 || fits(words, one.facts);
  function count() {
    const shown = Object.fromEntries(sections.map(name => [name, 0]));
    for (const one of cases) shown[one.section] += !one.shown.hidden;
    for (const name of sections) at(name).hidden = shown[name] === 0;
    at("found").textContent = words.length ? `${Object.values(shown).reduce((sum, each) => sum + each, 0)} of ${cases.length} cases` : "";
  }
  function applyFilter() {
    const parsed = parseFilter(at("query").value);
    words = parsed.words;
    for (const one of cases) one.shown.hidden = !wanted(one);
    count();
    if (parsed.wrong) at("found").textContent = parsed.wrong;
    at("found").classList.toggle("wrong", parsed.wrong !== "");
  }
  at("query").addEventListener("input", () => {
    applyFilter();
    const text = at("query").value.trim();
    history.replaceState(null, "", text ? `#filter=${encodeURIComponent(text)}` : location.pathname);
  });
  at("filter").addEventListener("submit", event => event.preventDefault());

  // ---- what is told

  function say(text) {
    at("news").textContent = text;
    at("news").hidden = text === "";
  }

  function showRun() {
    at("broker").textContent = run.broker;
    at("about").textContent = run.about;
  }

  function showStanding(standing) {
    const failed = standing.counts.fail + standing.counts.error;
    at("progress").value = standing.plays ? standing.over / standing.plays : 0;
    at("standing").textContent = standing.text;
    document.title = `${Math.floor(at("progress").value * 100)}%${failed ? `, ${failed} failed` : ""} - ${run.broker ?? "MQTT conformance"}`;
    at("tiles").hidden = false;
    at("filter").hidden = false;
    for (const tile of at("tiles").children) {
      const number = standing.counts[tile.classList[0]];
      tile.firstElementChild.textContent = number.toLocaleString("en");
      tile.classList.toggle("zero", number === 0);
    }
  }

  function take(news) {
    if (news.anew) {
      for (const one of cases) one.shown.remove();
      cases = [];
    }
    if (news.run) run = news.run, showRun();
    for (const told of news.cases ?? []) {
      const one = caseOf(told);
      one.shown.hidden = !wanted(one);
      cases.push(one);
      at(one.section).firstElementChild.after(one.shown);      // the newest first
    }
    if (news.cases) count();
    if (news.standing) showStanding(news.standing);
    if (news.over === "report") over = true, location.reload();
    if (news.over === "end") over = true, say("The run is over, and so is the program: what you see is the last it told. Its reports are where its options put them.");
  }

  function listen() {
    const socket = new WebSocket(new URL("live", location.href.replace(/^http/, "ws").replace(/#.*/, "")));
    socket.addEventListener("open", () => say(""));
    socket.addEventListener("message", message => take(JSON.parse(message.data)));
    socket.addEventListener("close", () => {
      if (over) return;
      say("The program does not answer: it has ended, or the way to it is cut. What you see is the last it told.");
      setTimeout(listen, again);
    });
  }

  if (location.hash.startsWith("#filter=")) at("query").value = decodeURIComponent(location.hash.slice("#filter=".length));
  applyFilter();
  listen();
})();
