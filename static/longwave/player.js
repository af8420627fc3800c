// Plays a station's HLS preview: muted by itself, with sound at the touch of the one button.
// Views of the stage: still (poster only), loading, playing, offline, error. It listens for
// "longwave:station" events (station.js sends them) to start and stop with the station.

"use strict";

(() => {
  const stage = document.querySelector("[data-stage]");
  const video = stage.querySelector("video");
  const button = document.querySelector("[data-play]");
  const label = button.querySelector("[data-label]");
  const full = document.querySelector("[data-full]");
  const trouble = stage.querySelector("[data-error]");
  const { station, words } = JSON.parse(document.getElementById("station-page").textContent);

  const TYPE = "application/vnd.apple.mpegurl";
  const FIRST_WAIT = 1000;
  const LONGEST_WAIT = 15000;
  const TRIES_BEFORE_ERROR = 4;

  let onAir = station.on_air;
  let hls = null;
  let timer = 0;
  let tries = 0;
  let mended = false;

  function show(view) {
    stage.dataset.view = view;
    label_button();
  }

  function label_button() {
    const view = stage.dataset.view;
    const mode = view === "offline" || view === "error" ? "off" : video.paused ? "play" : video.muted ? "muted" : "sound";
    if (button.dataset.mode !== mode) {
      button.dataset.mode = mode;
      if (words[mode]) label.textContent = words[mode];
    }
  }

  // Playing goes on without sound where a browser wants a touch first; without that, the button says Play.
  function play() {
    return video.play().catch(() => {
      video.muted = true;
      return video.play().catch(label_button);
    });
  }

  function load_script(address) {
    return new Promise((resolve, reject) => {
      if (window.Hls) return resolve();
      const script = document.createElement("script");
      script.src = address;
      script.onload = () => resolve();
      script.onerror = () => {
        script.remove();
        reject(new Error(words.unreachable));
      };
      document.head.append(script);
    });
  }

  async function start() {
    stop();
    if (!onAir) return show("offline");
    if (stage.dataset.view !== "error") show("loading");
    try {
      await load_script(stage.dataset.player);
    } catch (error) {
      return again(error.message);
    }
    if (!onAir || hls) return undefined;
    if (window.Hls.isSupported()) return start_hls();
    if (video.canPlayType(TYPE)) {
      video.src = stage.dataset.playlist;
      return play();
    }
    trouble.textContent = words.unplayable;
    return show("error");
  }

  function start_hls() {
    hls = new window.Hls({
      liveSyncDurationCount: 2,
      liveMaxLatencyDurationCount: 6,
      backBufferLength: 20,
      // A playlist that does not come is ours to ask for again: see again().
      manifestLoadPolicy: {
        default: { maxTimeToFirstByteMs: 8000, maxLoadTimeMs: 10000, timeoutRetry: null, errorRetry: null },
      },
    });
    hls.on(window.Hls.Events.MANIFEST_PARSED, play);
    hls.on(window.Hls.Events.ERROR, (_, problem) => {
      if (!problem.fatal) return;
      if (problem.type === window.Hls.ErrorTypes.MEDIA_ERROR && !mended) {
        mended = true;
        hls.recoverMediaError();
      } else {
        again(words.unreachable);
      }
    });
    hls.loadSource(stage.dataset.playlist);
    hls.attachMedia(video);
    return undefined;
  }

  function stop() {
    clearTimeout(timer);
    if (hls) hls.destroy();
    hls = null;
    if (video.hasAttribute("src")) {
      video.removeAttribute("src");
      video.load();
    }
  }

  // Tries for ever, waiting longer each time; after a few tries the stage says what is wrong.
  function again(sentence) {
    stop();
    tries += 1;
    mended = false;
    if (tries >= TRIES_BEFORE_ERROR) {
      trouble.textContent = sentence;
      show("error");
    }
    timer = setTimeout(start, Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tries - 1)) * (0.5 + Math.random() / 2));
  }

  function press() {
    if (video.paused) {
      video.muted = false;
      play().then(label_button);
    } else {
      video.muted = !video.muted;
    }
  }

  video.addEventListener("playing", () => {
    tries = 0;
    mended = false;
    show("playing");
  });
  video.addEventListener("pause", label_button);
  video.addEventListener("volumechange", label_button);
  video.addEventListener("error", () => {
    if (onAir && !hls && video.hasAttribute("src")) again(words.unreachable);
  });
  button.addEventListener("click", press);
  stage.querySelector("[data-again]").addEventListener("click", () => {
    tries = 0;
    show("loading");
    start();
  });
  if (stage.requestFullscreen) {
    full.hidden = false;
    full.addEventListener("click", () => {
      if (document.fullscreenElement) document.exitFullscreen();
      else stage.requestFullscreen();
    });
  }
  document.addEventListener("longwave:station", (event) => {
    if (event.detail.on_air === onAir) return;
    onAir = event.detail.on_air;
    tries = 0;
    start();
  });

  // Without scripts the browser's own player is there; here the one button is enough.
  video.removeAttribute("src");
  video.controls = false;
  video.muted = true;
  start();
})();
