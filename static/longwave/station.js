// Keeps a station's page current: every message of the socket is the whole state, so nothing is ever missed.
// Text goes in by textContent only. A row that is new fades in once; nothing else moves.

"use strict";

(() => {
  const page = JSON.parse(document.getElementById("station-page").textContent);
  const root = document.querySelector("[data-station]");
  const stage = root.querySelector("[data-stage]");
  const one = (selector) => root.querySelector(selector);
  const list = one("[data-history]");
  const row = document.getElementById("played-row");
  // The reader's own clock and language, whatever language the page is in.
  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
  const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

  const FIRST_WAIT = 500;
  const LONGEST_WAIT = 30000;
  const SAY_SO_AFTER = 5000;
  const NO_SUCH_STATION = 4404;
  const ASLEEP = 60000;

  let shown = page.station;
  let wait = FIRST_WAIT;
  let socket = null;
  let timer = 0;
  let notice = 0;
  let heard = Date.now();

  const key = (played) => (played ? JSON.stringify([played.started_at, played.artist, played.title]) : "");

  function set_time(element, moment) {
    const date = new Date(moment);
    element.dateTime = moment;
    element.textContent = clock.format(date);
    element.title = exact.format(date);
  }

  function fade_in(element) {
    element.classList.add("fresh");
    element.addEventListener("animationend", () => element.classList.remove("fresh"), { once: true });
  }

  function show_state(state) {
    const words = page.states[state.state];
    const chip = one(".state");
    if (chip.dataset.state !== state.state) chip.dataset.state = state.state;
    for (const element of root.querySelectorAll("[data-word]")) {
      if (element.textContent !== words.word) element.textContent = words.word;
    }
    stage.querySelector("[data-sentence]").textContent = words.sentence;
    one("[data-silent]").textContent = words.silent;
  }

  function show_sound(sound) {
    const words = (sound && sound.words) || "";
    one("[data-sound]").textContent = words;
    one("[data-sound]").hidden = !words;
  }

  function show_now(now, fresh) {
    const block = one("[data-now]");
    block.hidden = !now;
    one("[data-silent]").hidden = Boolean(now);
    if (!now) {
      document.title = `${shown.name} · Longwave`;
      return;
    }
    const title = now.title || now.artist;
    one("[data-title]").textContent = title;
    one("[data-artist]").textContent = now.title ? now.artist : "";
    one("[data-album]").textContent = now.album;
    one("[data-dot]").hidden = !now.album;
    set_time(one("[data-since]"), now.started_at);
    document.title = `${title} · ${shown.name} · Longwave`;
    if (fresh) fade_in(block);
  }

  function make_row(played) {
    const made = row.content.firstElementChild.cloneNode(true);
    set_time(made.querySelector("time"), played.started_at);
    made.querySelector(".played-title").textContent = played.title || played.artist;
    made.querySelector(".played-artist").textContent = played.title ? played.artist : "";
    made.dataset.key = key(played);
    return made;
  }

  function show_history(history, fresh) {
    const rows = new Map([...list.children].map((made) => [made.dataset.key, made]));
    const wanted = history.map((played) => {
      const known = rows.get(key(played));
      if (known) return known;
      const made = make_row(played);
      if (fresh) fade_in(made);
      return made;
    });
    wanted.forEach((made, index) => {
      if (list.children[index] !== made) list.insertBefore(made, list.children[index] || null);
    });
    while (list.children.length > wanted.length) list.lastElementChild.remove();
    one("[data-empty]").hidden = wanted.length > 0;
  }

  function show_poster(picture) {
    if (!picture || (shown.picture && shown.picture.id === picture.id)) return;
    stage.querySelector("video").poster = `/stations/${encodeURIComponent(shown.slug)}/pictures/${picture.id}`;
  }

  function apply(state) {
    if (Date.parse(state.at) < Date.parse(shown.at)) return;
    const changed = key(state.now) !== key(shown.now);
    show_poster(state.picture);
    shown = state;
    show_state(state);
    show_sound(state.sound);
    show_now(state.now, changed);
    show_history(state.history, true);
    document.dispatchEvent(new CustomEvent("longwave:station", { detail: state }));
  }

  function linked() {
    wait = FIRST_WAIT;
    clearTimeout(notice);
    notice = 0;
    one("[data-link]").textContent = "";
  }

  function lost(event) {
    if (event.target !== socket) return;
    socket = null;
    if (event.code === NO_SUCH_STATION) return;
    notice = notice || setTimeout(() => (one("[data-link]").textContent = page.words.reconnecting), SAY_SO_AFTER);
    timer = setTimeout(connect, wait * (0.5 + Math.random() / 2));
    wait = Math.min(LONGEST_WAIT, wait * 2);
  }

  function connect() {
    clearTimeout(timer);
    if (socket) return;
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${page.socket}`);
    socket.addEventListener("open", linked);
    socket.addEventListener("message", (event) => {
      heard = Date.now();
      apply(JSON.parse(event.data));
    });
    socket.addEventListener("close", lost);
  }

  // After sleep a socket may look open and be dead: a new one costs little and brings the whole state.
  function wake() {
    if (document.hidden || Date.now() - heard < ASLEEP) return;
    heard = Date.now();
    if (socket) {
      const old = socket;
      socket = null;
      old.close();
    }
    connect();
  }

  // The server wrote its times in UTC; the reader's own clock takes over.
  one("[data-zone]").textContent = "";
  list.replaceChildren();
  show_now(shown.now, false);
  show_history(shown.history, false);
  window.addEventListener("online", () => {
    heard = 0;
    wake();
  });
  document.addEventListener("visibilitychange", wake);
  connect();
})();
