// The patrol's page fetches the forms of its points while there is a network, and opens them in place: so a whole
// round can be walked in a dead spot. Without this script each point is a page of its own.
(function () {
  "use strict";
  var list = document.querySelector("[data-walk]");
  if (!list || !window.DOMParser || !window.drafts) return;
  var boxes = {}, open = null, main = document.querySelector(".split__main"), bar = document.querySelector("progress");

  function fetchForm(links, number) {
    var link = links[number];
    if (!link) return;
    var request = new XMLHttpRequest();
    request.open("GET", link.href);
    request.onload = function () {
      var page = new DOMParser().parseFromString(request.responseText, "text/html");
      var form = page.querySelector("form[data-draft]"), box = document.createElement("section");
      if (!form || !form.querySelector(".btn--main")) return;
      box.className = "walk__point stack";
      box.innerHTML = "<h2></h2><p class='lead'></p>";
      box.firstChild.textContent = page.querySelector("h1").textContent;
      box.lastChild.textContent = page.querySelector(".lead").textContent;
      box.appendChild(document.importNode(form, true));
      boxes[link.parentNode.getAttribute("data-point")] = box;
      show();  // the address may name it already, after a reload
      fetchForm(links, number + 1);
    };
    request.send();
  }

  function show() {
    var found = boxes[(/^#point-(\d+)$/.exec(window.location.hash) || [])[1]] || null;
    if (found === open) return;
    if (open) main.removeChild(open);
    Array.prototype.forEach.call(main.children, function (part) {
      if (!/draft/.test(part.className)) part.hidden = !!found;
    });
    open = found;
    if (open) {
      main.appendChild(open);
      window.drafts.restore(open.querySelector("form"));
      if (window.offerPosition) window.offerPosition(open);
    }
    window.scrollTo(0, 0);
  }

  function close() {
    window.history.replaceState(null, "", window.location.pathname);
    show();
  }

  function freshen(told) {
    var row = list.querySelector("[data-point='" + told.point + "']");
    if (!row) return;
    row.outerHTML = told.row;
    bar.value = told.answered;
    document.querySelector("[data-answered]").textContent = told.how_far;
    if (told.complete && !open) window.location.reload();
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a");
    if (link && open && open.contains(link) && link.pathname === window.location.pathname) {
      event.preventDefault();
      close();
    } else if (link && list.contains(link)) {
      var point = link.parentNode.getAttribute("data-point");
      if (!boxes[point]) return;
      event.preventDefault();
      window.location.hash = "point-" + point;
    }
  });

  document.addEventListener("draft", function (event) {
    event.preventDefault();
    window.scrollTo(0, 0);
    if (event.detail.what === "refused") return;
    close();
    if (event.detail.what === "sent") freshen(event.detail.told);
  });
  document.addEventListener("draft-sent", function (event) { freshen(event.detail); });
  window.addEventListener("hashchange", show);
  fetchForm(list.querySelectorAll("li[data-point] a"), 0);
}());
