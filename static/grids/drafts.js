// What is noted at a point is first kept on this phone (IndexedDB), then sent; in a dead spot it stays and goes
// later, once: its key makes two sendings one, and the phone tells when it was seen. Each draft bears the word
// of who noted it; nobody else sees or sends it. Without this script the form is sent as any other.
(function () {
  "use strict";
  var panel = document.querySelector("[data-drafts]");
  if (!panel || !window.indexedDB || !window.FormData) return;
  var who = panel.getAttribute("data-who"), db = null, sending = false;
  // noted.js reads a form, shows what waits, brings it back into its form; then it calls `begin`.
  var drafts = window.drafts = { mine: mine, change: change, flush: flush, say: say, panel: panel };

  function say(name) { return panel.getAttribute("data-" + name); }
  function each(list, act) { Array.prototype.forEach.call(list, act); }

  // --- The store
  function change(act, done) {
    var work = db.transaction("drafts", "readwrite");
    work.oncomplete = function () { done(false); };
    work.onabort = function () { done(true); };
    act(work.objectStore("drafts"));
  }

  function mine(done) {
    if (!db) return done([]);
    var found = [], work = db.transaction("drafts");
    work.objectStore("drafts").openCursor().onsuccess = function (event) {
      var at = event.target.result;
      if (!at) return;
      if (at.value.who === who) found.push(at.value);
      at.continue();
    };
    work.oncomplete = function () {
      done(found.sort(function (a, b) { return a.seen - b.seen; }));
    };
  }

  function key() {
    return "xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx".replace(/x/g, function () {
      return (window.crypto ? crypto.getRandomValues(new Uint8Array(1))[0] % 16 : Math.floor(Math.random() * 16)).toString(16);
    });
  }

  // --- Sending
  function send(draft, done) {
    var request = new XMLHttpRequest(), body = new FormData();
    var token = /csrftoken=([^;]+)/.exec(document.cookie) || [0, (document.querySelector("[name=csrfmiddlewaretoken]") || {}).value];
    each(draft.fields, function (field) {
      if (field[1] instanceof Blob) body.append(field[0], field[1], "photo.jpg");
      else body.append(field[0], field[1]);
    });
    each([["csrfmiddlewaretoken", token[1]], ["form_key", draft.key], ["walker", draft.who], ["seen_ms", draft.seen],
      ["sent_ms", Date.now()]], function (field) { body.append(field[0], field[1]); });
    request.open("POST", draft.url);
    request.setRequestHeader("X-Draft", "1");
    request.timeout = 60000;
    request.onload = function () {
      var told = {}, code = request.status;
      try { told = JSON.parse(request.responseText); } catch (error) { /* a page: no answer of ours */ }
      if (told.row) done("sent", told);
      else if (told.refused || code === 404) done("refused", told.refused || say("gone"));
      else done(code < 500 && code !== 413 && code !== 429 ? "signin" : "waiting");
    };
    request.onerror = request.ontimeout = function () { done("waiting"); };
    request.send(body);
  }

  function settle(draft, what, told, done) {
    drafts.draw(what, told);
    change(function (store) {
      if (what === "sent") store.delete(draft.key);
      else if (what === "refused") { draft.why = told; store.put(draft); }
    }, function () { drafts.draw(); done(what, told); });
  }

  function flush() {
    if (sending) return;
    mine(function (waiting) {
      var next = waiting.filter(function (draft) { return !draft.why; })[0];
      if (!next || sending) return;
      sending = true;
      send(next, function (what, told) {
        settle(next, what, told, function () {
          sending = false;
          if (what === "sent") document.dispatchEvent(new CustomEvent("draft-sent", { detail: told }));
          if (what === "sent" || what === "refused") flush();
        });
      });
    });
  }

  document.addEventListener("submit", function (event) {
    var form = event.target, old = form.draft;
    if (!form.hasAttribute("data-draft") || !db) return;
    event.preventDefault();
    if (form.busy) return;
    form.busy = true;
    drafts.collect(form, function (fields) {
      // What is said anew is a new sending; only what was refused keeps the time at which it was seen.
      var draft = { key: key(), who: who, url: form.getAttribute("action"), title: form.getAttribute("data-draft"),
        seen: old && old.why ? old.seen : Date.now(), fields: fields, why: "" };
      change(function (store) {
        if (old) store.delete(old.key);
        store.put(draft);
      }, function (failed) {
        if (failed) return form.submit();
        form.draft = draft;
        send(draft, function (what, told) {
          settle(draft, what, told, function () {
            form.busy = false;
            if (what === "sent") form.draft = null;
            var news = new CustomEvent("draft", { bubbles: true, cancelable: true, detail: { what: what, told: told } });
            if (!form.dispatchEvent(news)) return;
            if (what === "sent") {
              try { sessionStorage.setItem("said", told.said); } catch (error) { /* not said again */ }
              window.location.href = form.getAttribute("data-back");
            }
            else window.scrollTo(0, 0);
          });
        });
      });
    });
  }, true);

  window.addEventListener("online", flush);
  window.setInterval(function () { if (!panel.hidden) flush(); }, 30000);

  drafts.begin = function () {
    var asked = window.indexedDB.open("portal", 1);
    asked.onupgradeneeded = function () { asked.result.createObjectStore("drafts", { keyPath: "key" }); };
    asked.onsuccess = function () {
      db = asked.result;
      each(document.querySelectorAll("form[data-draft]"), drafts.restore);
      drafts.draw();
      flush();
    };
  };
}());
