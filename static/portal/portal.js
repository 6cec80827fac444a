// Small helps for pages that work without them. What asks for one says so by a data attribute:
//   data-confirm="question"  on a button, link or form: ask before going on
//   data-once                on a form: send it once, however often the button is pressed
//   data-auto-submit         on a GET form: search as soon as a choice is made by pointer
//   data-bulk                on a form with check boxes: its .bulk bar shows only when something is chosen
//   data-print, data-large   on a hidden button: print the page; large print
//   data-focus               on the error summary: read it first
(function () {
  "use strict";
  var byKeyboard = false;

  function each(selector, act) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), act);
  }

  document.addEventListener("keydown", function () { byKeyboard = true; }, true);
  document.addEventListener("pointerdown", function () { byKeyboard = false; }, true);

  document.addEventListener("click", function (event) {
    var asked = event.target.closest && event.target.closest("a[data-confirm], button[data-confirm]");
    if (asked && !window.confirm(asked.getAttribute("data-confirm"))) event.preventDefault();
  });

  document.addEventListener("submit", function (event) {
    var form = event.target;
    var question = form.getAttribute("data-confirm");
    if (event.defaultPrevented) return;
    if (question && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    if (!form.hasAttribute("data-once") && form.method !== "post") return;
    if (form.getAttribute("data-sent")) {
      event.preventDefault();
      return;
    }
    form.setAttribute("data-sent", "1");
    // The button stays enabled, for a disabled one would not send its name; it only looks at rest.
    Array.prototype.forEach.call(form.querySelectorAll("button:not([type=button])"), function (button) {
      button.setAttribute("aria-disabled", "true");
    });
    window.setTimeout(function () { release(form); }, 10000);
  });

  function release(form) {
    form.removeAttribute("data-sent");
    Array.prototype.forEach.call(form.querySelectorAll("button[aria-disabled]"), function (button) {
      button.removeAttribute("aria-disabled");
    });
  }

  // Coming back with the browser's own button finds the form as it was left: let it be sent again.
  window.addEventListener("pageshow", function () { each("form[data-sent]", release); });

  document.addEventListener("change", function (event) {
    var form = event.target.form;
    if (!form || !form.hasAttribute("data-auto-submit") || byKeyboard) return;
    if (event.target.matches("select, input[type=date], input[type=checkbox], input[type=radio]")) form.submit();
  });

  each("form[data-bulk]", function (form) {
    function count() {
      var chosen = form.querySelectorAll("tbody input[type=checkbox]:checked").length;
      Array.prototype.forEach.call(form.querySelectorAll(".bulk"), function (bar) { bar.hidden = !chosen; });
      Array.prototype.forEach.call(form.querySelectorAll("[data-chosen]"), function (place) { place.textContent = chosen; });
    }
    form.addEventListener("change", function (event) {
      if (event.target.hasAttribute("data-all")) {
        Array.prototype.forEach.call(form.querySelectorAll("tbody input[type=checkbox]"), function (box) {
          box.checked = event.target.checked;
        });
      }
      count();
    });
    count();
  });

  each("[data-print]", function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  each("[data-large]", function (button) {
    var root = document.documentElement;
    function show() { button.setAttribute("aria-pressed", String(root.classList.contains("large"))); }
    button.hidden = false;
    button.addEventListener("click", function () {
      root.classList.toggle("large");
      try { localStorage.setItem("large", root.classList.contains("large") ? "1" : "0"); } catch (error) { /* this page only */ }
      show();
    });
    show();
  });

  each(".nav-phone", function (menu) {
    menu.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  each("[data-focus]", function (summary) { summary.focus(); });
})();
