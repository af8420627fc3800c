// The page "Picture and sound": plays the preview, and keeps what is told beside it true.

"use strict";

(() => {
  const page = document.querySelector("[data-sync]");
  const video = page.querySelector("video");
  const said = page.querySelector("[data-sync-said]");
  const EVERY = 4000;
  const RETRY = 5000;

  function say(words) {
    said.textContent = words;
  }

  async function renew() {
    if (document.hidden) return;
    const answer = await fetch(page.dataset.now, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok) return; // the next one will do
    const told = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of page.querySelectorAll("[data-part]")) {
      const fresh = told.querySelector(`[data-part="${part.dataset.part}"]`);
      if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceWith(fresh);
    }
  }

  async function is_on_air() {
    const answer = await fetch(page.dataset.playlist).catch(() => null);
    return Boolean(answer && answer.ok);
  }

  function load_player() {
    return new Promise((resolve, reject) => {
      if (window.Hls) return resolve();
      const script = document.createElement("script");
      script.src = page.dataset.player;
      script.onload = resolve;
      script.onerror = () => reject(new Error("The player could not be loaded. Reload the page."));
      document.head.append(script);
    });
  }

  async function play() {
    if (!(await is_on_air())) {
      say("Off air. Start the station to see and hear it here.");
      setTimeout(play, RETRY);
      return;
    }
    try {
      await load_player();
    } catch (error) {
      say(error.message);
      return;
    }
    if (!window.Hls.isSupported()) {
      video.src = page.dataset.playlist;
    } else {
      const hls = new window.Hls();
      hls.on(window.Hls.Events.ERROR, (_, trouble) => {
        if (!trouble.fatal) return;
        hls.destroy();
        say("The preview has stopped. Trying again …");
        setTimeout(play, RETRY);
      });
      hls.loadSource(page.dataset.playlist);
      hls.attachMedia(video);
    }
    video.addEventListener("playing", () => say(""), { once: true });
    video.play().catch(() => say(""));
  }

  play();
  setInterval(renew, EVERY);
})();
