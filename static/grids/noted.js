// The side of drafts.js that one sees: reads a form with its photos, shows what waits on this phone and why something
// was not taken, and brings it back into its form to be corrected.
(function () {
  "use strict";
  var drafts = window.drafts;
  if (!drafts) return;
  var panel = drafts.panel, say = drafts.say, told = document.querySelector("[data-draft-said]");

  var OURS = /^(csrfmiddlewaretoken|form_key|seen_ms|sent_ms|walker)$/;

  function part(name) { return panel.querySelector("[data-" + name + "]"); }
  function each(list, act) { Array.prototype.forEach.call(list, act); }

  function shrink(file, done) {
    // Browsers that do not turn a photo upright by themselves send it as it is.
    if (!window.createImageBitmap || !window.CSS || !CSS.supports("image-orientation", "from-image")) return done(file);
    createImageBitmap(file).then(function (image) {
      var by = Math.min(1, 1600 / Math.max(image.width, image.height)), canvas = document.createElement("canvas");
      canvas.width = Math.round(image.width * by);
      canvas.height = Math.round(image.height * by);
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(function (small) { done(small && small.size < file.size ? small : file); }, "image/jpeg", 0.82);
    }, function () { done(file); });
  }

  drafts.collect = function (form, done) {
    var fields = [], left = 1, kept = form.photos || {};
    function ready() { if (!--left) done(fields); }
    each(form.elements, function (input) {
      if (!input.name || OURS.test(input.name) || /^(submit|button)$/.test(input.type)) return;
      if (/^(radio|checkbox)$/.test(input.type) && !input.checked) return;
      if (input.type !== "file") fields.push([input.name, input.value]);
      else if (input.files[0]) {
        left += 1;
        shrink(input.files[0], function (photo) { fields.push([input.name, photo]); ready(); });
      } else if (kept[input.name]) fields.push([input.name, kept[input.name]]);
    });
    ready();
  };

  drafts.restore = function (form) {
    drafts.mine(function (waiting) {
      each(waiting, function (draft) {
        if (draft.url !== form.getAttribute("action")) return;
        form.draft = draft;
        form.photos = {};
        each(form.querySelectorAll("[type=checkbox]"), function (box) { box.checked = false; });
        each(draft.fields, function (field) {
          each(form.querySelectorAll("[name='" + field[0] + "']"), function (input) {
            if (input.type === "file") {
              form.photos[field[0]] = field[1];
              input.insertAdjacentHTML("afterend", "<small></small>");
              input.nextSibling.textContent = say("kept");
            } else if (/^(radio|checkbox)$/.test(input.type)) input.checked = input.value === field[1];
            else input.value = field[1];
          });
        });
      });
    });
  };

  function tell(sentence) {
    told.hidden = !sentence;
    told.textContent = sentence || "";
  }

  drafts.draw = function (what, answer) {
    if (what) {
      part("sign-in").hidden = what !== "signin";
      part("said").textContent = what === "signin" ? say("signin") : "";
      if (what === "sent") tell(answer.said);
      return;
    }
    drafts.mine(function (waiting) {
      var list = part("list");
      list.textContent = "";
      each(waiting, function (draft) {
        var row = document.importNode(panel.querySelector("template").content, true), seen = new Date(draft.seen);
        var link = row.querySelector("a"), drop = row.querySelector("button");
        row.querySelector("span").textContent = draft.title + " " + ("0" + seen.getHours()).slice(-2) + ":" +
          ("0" + seen.getMinutes()).slice(-2) + " · " + (draft.why ? say("refused") + draft.why : say("waiting"));
        link.href = draft.url;
        link.hidden = drop.hidden = !draft.why;
        drop.onclick = function () {
          if (window.confirm(say("discard"))) drafts.change(function (store) { store.delete(draft.key); }, drafts.draw);
        };
        list.appendChild(row);
      });
      panel.hidden = !waiting.length;
    });
  };

  part("send").addEventListener("click", drafts.flush);

  // What was said on the page before, which this one follows.
  try {
    tell(sessionStorage.getItem("said"));
    sessionStorage.removeItem("said");
  } catch (error) { /* no matter */ }
  drafts.begin();
}());
