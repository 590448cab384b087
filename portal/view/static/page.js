/* Printing and leaving. The pages work without it. */
(function () {
  "use strict";
  function each(selector, what) {
    var found = document.querySelectorAll(selector);
    for (var i = 0; i < found.length; i++) { what(found[i]); }
  }
  each("[data-print]", function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
  /* Going back must not lead to what was read here. */
  each("[data-leave]", function (link) {
    link.addEventListener("click", function (event) {
      event.preventDefault();
      document.body.hidden = true;
      window.location.replace(link.href);
    });
  });
  /* Who left quickly does not come back by the back button. */
  window.addEventListener("pageshow", function (event) {
    if (event.persisted && document.body.hidden) { window.location.replace("/notices"); }
  });
})();
