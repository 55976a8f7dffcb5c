// SPDX-License-Identifier: Apache-2.0
// Sends a form marked data-send-on-change as soon as a choice in it changes. Without it, the
// form's button does the same.

for (const form of document.querySelectorAll("form[data-send-on-change]")) {
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) form.requestSubmit();
  });
}
