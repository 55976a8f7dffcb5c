// SPDX-License-Identifier: Apache-2.0
// While something in a part marked data-reload-every is under way, asks the same page again after
// so many seconds and puts the part's new state in place; whoever stands on a button there keeps
// it, and a change is said. Without this, the page loads itself again.

const wait = (part) => {
  const seconds = Number(part.dataset.reloadEvery ?? 0);
  if (seconds > 0) setTimeout(again, seconds * 1000, part);
};

async function again(part) {
  if (document.hidden) return wait(part);
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return wait(part);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(part.id);
  if (!fresh) return location.reload();
  if (fresh.innerHTML !== part.innerHTML) put(fresh, part);
  part.dataset.reloadEvery = fresh.dataset.reloadEvery ?? 0;
  const [said, news] = [document, page].map((one) => one.querySelector("[data-said]"));
  if (said.textContent !== news.textContent) said.textContent = news.textContent;
  wait(part);
}

function put(fresh, part) {
  const stood = part.contains(document.activeElement) ? document.activeElement.id : "";
  part.replaceChildren(...fresh.childNodes);
  if (stood) (document.getElementById(stood) ?? document.getElementById("content")).focus();
}

for (const part of document.querySelectorAll("[data-reload-every]")) wait(part);
