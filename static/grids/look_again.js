// Something is under way: look again every few seconds while the page is seen. Without it there is the link.
(function () {
  "use strict";
  if (!document.querySelector("[data-look-again]")) return;
  window.setInterval(function () {
    if (!document.hidden) window.location.reload();
  }, 3000);
})();
