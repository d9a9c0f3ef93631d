"use strict";
// Search: an article is shown when its text, folded payloads included, holds every word; so are its calls when any matches.
const box = document.querySelector("input[type=search]");
if (box) {
  const tell = document.querySelector("[data-count]");
  const articles = [...document.querySelectorAll("article")].map((article) => ({
    article,
    text: article.textContent.toLowerCase(),
    link: document.querySelector(`nav a[href="#${article.id}"]`),
    calls: [...article.querySelectorAll("details.call")].map((call) => ({ call, text: call.textContent.toLowerCase() })),
  }));
  const holds = (text, words) => words.every((word) => text.includes(word));
  const search = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { article, text, link, calls } of articles) {
      const found = holds(text, words);
      article.hidden = !found;
      if (link) link.parentElement.hidden = !found;
      shown += found ? 1 : 0;
      const some = calls.some(({ text: own }) => holds(own, words));
      for (const { call, text: own } of calls) call.hidden = found && some && !holds(own, words);
    }
    tell.textContent = words.length ? `${shown} of ${articles.length}` : "";
  };
  box.addEventListener("input", search);
  const wanted = new URLSearchParams(location.search).get("q");
  if (wanted) { box.value = wanted; search(); }
}
