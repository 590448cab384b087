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
  /* Where the receipt was shown, the form behind it forgets: see report.js. */
  if (document.querySelector(".slip")) {
    try { sessionStorage.setItem("handed-in", "1"); } catch (refused) { /* then the form has to do without */ }
  }
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
