// What the page can do beyond being read: filter, links to a case, step or packet, keys, and the bytes of a field marked. Without this file nothing is missing but these.
(() => {
  const query = document.getElementById("query"), found = document.getElementById("found"), help = document.getElementById("help");
  const cases = [...document.querySelectorAll(".case")];
  const facts = new Map();      // of a case, made when a filter first asks
  let chosen = -1;              // index into cases

  // ---- the filter

  function factsOf(one) {
    if (!facts.has(one)) {
      const data = one.dataset, text = one.textContent.toLowerCase();
      facts.set(one, {
        status: data.status, version: data.version, transport: data.transport.toLowerCase(), broker: data.broker.toLowerCase(), topic: data.topic.toLowerCase(),
        theme: data.topic.split(" ", 1)[0].toLowerCase(), text,
        statement: [...one.querySelectorAll(".id")].map(each => each.textContent).join(" ").toLowerCase(),
        packet: [...new Set(text.match(/\b(?:connect|connack|publish|pub(?:ack|rec|rel|comp)|(?:un)?sub(?:scribe|ack)|ping(?:req|resp)|disconnect|auth)\b/g))].join(" "),
      });
    }
    return facts.get(one);
  }

  function applyFilter() {
    const { words, wrong } = parseFilter(query.value);
    const themes = new Set();   // with a case that is shown
    let shown = 0;
    for (const one of cases) {
      const fit = words.length === 0 || fits(words, factsOf(one));
      one.hidden = !fit;
      shown += fit;
      if (fit) themes.add(one.parentElement);
    }
    for (const theme of document.querySelectorAll(".theme")) theme.hidden = !themes.has(theme);
    found.textContent = wrong || (words.length ? `${shown} of ${cases.length} cases` : "");
    found.classList.toggle("wrong", wrong !== "");
    if (chosen >= 0 && cases[chosen].hidden) choose(-1);
  }

  // Makes the facts while nobody waits for them, so that the first filter is as quick as the others.
  function prepare(deadline, at = 0) {
    while (at < cases.length && deadline.timeRemaining() > 2) factsOf(cases[at++]);
    if (at < cases.length) requestIdleCallback(next => prepare(next, at));
    else document.documentElement.dataset.ready = "yes";
  }

  // ---- the address: #filter=... or the id of a part

  function remember() {
    const text = query.value.trim();
    history.replaceState(null, "", text ? `#filter=${encodeURIComponent(text)}` : location.pathname + location.search);
  }

  function follow() {
    const target = decodeURIComponent(location.hash.slice(1));
    if (target.startsWith("filter=")) {
      query.value = target.slice("filter=".length);
      applyFilter();
      document.getElementById("cases").scrollIntoView();
      return;
    }
    const part = document.getElementById(target) ?? lineOf(target);
    for (const old of document.querySelectorAll(".target")) old.classList.remove("target");
    if (!part) return;
    const one = part.closest(".case");
    if (one?.hidden) {
      query.value = "";
      applyFilter();
    }
    for (let each = part.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
    if (one) choose(cases.indexOf(one), false);
    if (part.matches(".story > li")) part.classList.add("target");
    bring(part.matches(".body") ? one : part, part.matches(".body, section, article") ? "start" : "center");
  }

  // What comes near the screen has its true height only then, so that the part moves again: until it has stood still for half a second, or the reader moves.
  let bringing = 0;
  function bring(part, block) {
    const mine = ++bringing;
    let stood = NaN, still = 0;
    const settle = () => {
      if (mine !== bringing) return;
      still = part.getBoundingClientRect().top === stood ? still + 1 : 0;
      part.scrollIntoView({ block });
      stood = part.getBoundingClientRect().top;
      if (still < 30) requestAnimationFrame(settle);
      else leave();
    };
    document.documentElement.dataset.moving = "yes";
    settle();
  }

  function leave() {
    ++bringing;
    delete document.documentElement.dataset.moving;
  }

  // Lines of cases that passed have no id of their own: case-...-step-3 is counted out.
  function lineOf(target) {
    const [, id, kind, number] = target.match(/^(.+)-(step|event)-(\d+)$/) ?? [];
    const body = id && document.getElementById(id);
    if (body?.matches(".case > .body")) unfold(body.parentElement);
    const lines = body?.querySelectorAll(kind === "step" ? ".story > .s" : ".story > li:not(.s)");
    return lines?.[kind === "step" ? number - 1 : number];
  }

  function linkOf(part) {
    if (part.id) return part.id;
    const body = part.closest(".body"), kind = part.classList.contains("s") ? "step" : "event";
    const lines = [...body.querySelectorAll(kind === "step" ? ".story > .s" : ".story > li:not(.s)")];
    return `${body.id}-${kind}-${lines.indexOf(part) + (kind === "step" ? 1 : 0)}`;
  }

  // ---- going from case to case

  function choose(index, move = true) {
    cases[chosen]?.classList.remove("chosen");
    chosen = index;
    const one = cases[chosen];
    if (!one) return;
    one.classList.add("chosen");
    if (!move) return;
    (one.querySelector("summary") ?? one).focus({ preventScroll: true });
    one.scrollIntoView({ block: "nearest" });
  }

  function go(step, wanted) {
    for (let at = chosen < 0 && step < 0 ? cases.length - 1 : chosen + step; cases[at]; at += step)
      if (!cases[at].hidden && wanted(cases[at])) return choose(at);
  }

  function wrong(one) {
    const words = one.dataset.status.split(" ");
    return !["pass", "skip"].includes(words[0]) || words.includes("warning");
  }

  // The case in the tree of topics: the first topic that is its own.
  function written() {
    const link = cases[chosen] && document.querySelector(`.topics a[href="#${CSS.escape(bodyOf(cases[chosen]).id)}"]`);
    if (!link) return;
    for (let each = link.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
    link.focus({ preventScroll: true });
    bring(link, "center");
  }

  const bodyOf = one => one.querySelector(".body") ?? one;
  const keys = {
    "/": () => query.focus(),
    "?": () => help.showModal(),
    j: () => go(1, () => true),
    k: () => go(-1, () => true),
    n: () => go(1, wrong),
    p: () => go(-1, wrong),
    o: () => { if (cases[chosen]?.tagName === "DETAILS") cases[chosen].open = !cases[chosen].open; },
    t: written,
    l: () => {
      const part = document.activeElement.closest(".story > li") ?? (cases[chosen] && bodyOf(cases[chosen]));
      if (part) location.hash = linkOf(part);
    },
  };

  // ---- the bytes of a field

  // A case that passed is told in plain lines (brief.h). Opened, it gets the elements that the others have from the begin: a part of a packet and its
  // bytes stand in an <i> and a <b>, the n-th of one belongs to the n-th of the other, as rows of a table of fields and the <b> of its packet do.
  function spell(one) {
    const plain = one.querySelector("p.story");
    if (!plain) return;
    const list = made("ol", "", "story");
    for (const line of plain.textContent.trimEnd().split("\n")) {
      const [, more, own, at, rest] = line.match(/^\u2003(?:\u2003([+!]) |(~?)([\d,.]+) )?(.*)$/s) ?? [];
      if (more === "!") list.lastChild.append(made("em", rest, rest.startsWith("Sent") ? "ours" : ""));
      else if (more) list.lastChild.append(...packet(rest));
      else if (at) {
        const [, who, text] = rest.match(/^(\S* [\u2190\u2192]|\S*) ?(.*)$/s), item = made("li", "", own ? "f" : "");
        item.append(made("b", `${at} ${who}`), " ", ...packet(text));
        list.append(item);
      } else if (rest) list.append(made("li", rest, "f"));
      else {
        const [, step, small] = line.match(/^(\d+\. .*?)(?: \u00b7 ([^\u00b7]*))?$/s) ?? [, line], item = made("li", step, "s");
        if (small) item.append(" ", made("i", small));
        list.append(item);
      }
    }
    plain.replaceWith(list);
  }

  function made(tag, text, name) {
    const element = document.createElement(tag);
    element.textContent = text;
    if (name) element.className = name;
    return element;
  }

  // "PUBLISH · topic 'a/b' | 3205 0003612f62"
  function packet(text) {
    const at = text.lastIndexOf(" | ");
    if (at < 0) return [text];
    const code = made("code", "", "split");
    code.append(...text.slice(at + 3).match(/\(.*\)$|\S+/g).flatMap((bytes, i) => [i ? " " : "", made("b", bytes)]));
    return [...text.slice(0, at).split(" \u00b7 ").flatMap((part, i) => [i ? " \u00b7 " : "", made("i", part)]), " ", code, " "];
  }

  // What to light up together: a part, or a row of the table of fields, and its bytes.
  function pairOf(element) {
    const line = element.closest?.(".story > li");
    if (!line || line.matches(".s")) return [];
    for (const code of line.querySelectorAll(":scope > code")) {
      const labels = code.matches(".hex") ? rowsAfter(code) : partsBefore(code), groups = code.querySelectorAll("b");
      const at = labels.findIndex((label, i) => label.contains(element) || groups[i]?.contains(element));
      if (at >= 0) return [labels[at], groups[at]].filter(Boolean);
    }
    return [];
  }

  function partsBefore(code) {
    const parts = [];
    for (let each = code.previousElementSibling; each && each.tagName !== "CODE"; each = each.previousElementSibling) if (each.tagName === "I") parts.unshift(each);
    return parts;
  }

  function rowsAfter(code) {
    for (let each = code.nextElementSibling; each && each.tagName !== "CODE"; each = each.nextElementSibling) if (each.matches(".fields")) return [...each.querySelectorAll("tbody tr")];
    return [];
  }

  function light(event) {
    for (const old of document.querySelectorAll(".here")) old.classList.remove("here");
    for (const each of pairOf(event.target)) each.classList.add("here");
  }

  // A case that is opened gets what would make the page large: names at its arrows, and fields that the keyboard reaches.
  function unfold(one) {
    spell(one);
    label(one);
    for (const each of one.querySelectorAll(".story > li:not(.f) > i, .story .fields tbody tr, .story > li")) each.tabIndex = 0;
  }

  // The arrows of a picture stand in the order of the list, each where its line says: "1.038 A →".
  function label(one) {
    const picture = one.querySelector(".seq:not(:has(.t))"), lanes = new Map();
    for (const lane of picture?.querySelectorAll("tspan") ?? []) lanes.set(lane.textContent, +lane.getAttribute("x"));
    if (!picture || picture.classList.contains("labelled")) return;
    picture.classList.add("labelled");
    const nearest = lanes.get("broker") - 130;
    one.querySelectorAll(".story > li:not(.s)").forEach((line, i) => {
      const [, client] = line.firstChild.textContent.split(" "), name = line.textContent.slice(line.firstChild.textContent.length).trim().split(/[ ·]/, 1)[0];
      const text = document.createElementNS(picture.namespaceURI, "text");
      text.setAttribute("x", Math.min(lanes.get(client) ?? nearest, nearest) + 8);
      text.setAttribute("y", 45 + 20 * i);
      if (!line.matches(".f") && line.querySelector(":scope > code")) text.textContent = name;
      picture.append(text);
    });
  }

  // ---- the tree of topics: times lead to the packet, where the page has no link yet

  function lead(topic) {
    for (const when of topic.querySelectorAll("p > b")) {
      if (when.querySelector("a")) continue;
      let near = when.parentElement.querySelector(":scope > a");
      for (let item = when.closest("li"); !near && item; item = item.parentElement.closest("li")) near = item.querySelector(":scope > a, :scope > details > a");
      const body = near && document.getElementById(near.hash.slice(1));
      if (!body?.matches(".case > .body")) continue;
      spell(body.parentElement);
      const at = when.textContent.replace("the Will of ", ""), lines = [...body.querySelectorAll(".story > li:not(.s)")];
      const event = lines.findIndex(line => line.firstChild.textContent.startsWith(`${at} `));
      if (event >= 0) when.replaceChildren(linked(`#${body.id}-event-${event}`, when.textContent));
    }
  }

  function linked(to, text) {
    const link = made("a", text);
    link.href = to;
    return link;
  }

  // ---- the command that plays a case again

  function offerCopies() {
    for (const command of document.querySelectorAll(".replay code")) {
      const button = made("button", "Copy");
      button.type = "button";
      button.addEventListener("click", () => navigator.clipboard.writeText(command.textContent).then(() => { button.textContent = "Copied"; }, () => getSelection().selectAllChildren(command)));
      command.after(" ", button);
    }
  }

  // ---- begin

  offerCopies();

  query.addEventListener("input", () => (applyFilter(), remember()));
  document.getElementById("filter").addEventListener("submit", event => event.preventDefault());
  document.getElementById("help-button").addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", event => {
    if (event.key === "Escape" && event.target === query) return query.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || help.open || event.target.closest?.("input, textarea, select")) return;
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]();
  });
  for (const each of ["wheel", "pointerdown", "touchstart", "keydown"]) document.addEventListener(each, leave, { capture: true, passive: true });
  document.addEventListener("pointerover", light);
  document.addEventListener("focusin", light);
  document.addEventListener("toggle", event => {
    if (!event.target.open) return;
    if (event.target.matches(".case")) unfold(event.target);
    if (event.target.matches(".topic")) lead(event.target);
  }, true);
  for (const one of cases) if (one.open) unfold(one);
  window.addEventListener("hashchange", follow);
  document.getElementById("filter").hidden = false;
  if (location.hash) follow();
  requestIdleCallback(prepare);
})();
