#include "sweep/page/sections.h"

namespace r50::sweep::page {

// Without it everything can be read too: marks have titles, the table has the trials' order. A test
// compares the hash in policy_element() with what stands here, and prints the new one.
Html script_element() {
  return Html(R"js(<script>//<![CDATA[
(() => {
  'use strict';
  const all = selector => [...document.querySelectorAll(selector)];

  // A point under the cursor lights up in every chart and in the table.
  const byPoint = {};
  for (const e of all('[data-p]')) {
    if (e.dataset.p) (byPoint[e.dataset.p] = byPoint[e.dataset.p] || []).push(e);
  }
  const hint = document.createElement('div');
  hint.id = 'hint';
  hint.hidden = true;
  document.body.append(hint);
  const titles = new Map();
  let lit = [];
  function light(e) {
    for (const one of lit) one.classList.remove('on');
    lit = (e && byPoint[e.dataset.p]) || [];
    for (const one of lit) one.classList.add('on');
  }
  // Lines are thin: look around the cursor, nearest first.
  const around = [[0, 0]];
  for (const r of [3, 6, 10]) {
    for (let a = 0; a < 8; ++a) {
      around.push([r * Math.cos(a * Math.PI / 4), r * Math.sin(a * Math.PI / 4)]);
    }
  }
  function near(x, y) {
    for (const [dx, dy] of around) {
      const e = document.elementFromPoint(x + dx, y + dy);
      const found = e && e.closest('.chart .curve, .chart .mark, .chart .cross');
      if (found) return found;
    }
    return null;
  }
  for (const chart of all('svg.chart')) {
    // Ours replaces the browser's own hint, which comes late.
    for (const e of chart.querySelectorAll('.curve, .mark, .cross')) {
      const title = e.querySelector('title');
      titles.set(e, title.textContent);
      e.setAttribute('aria-label', title.textContent);
      title.remove();
    }
    chart.addEventListener('mousemove', event => {
      const e = near(event.clientX, event.clientY);
      light(e);
      hint.hidden = !e;
      if (!e) return;
      hint.textContent = titles.get(e);
      const left = Math.min(event.clientX + 14, innerWidth - hint.offsetWidth - 8);
      hint.style.left = Math.max(8, left) + 'px';
      const below = event.clientY + 18 + hint.offsetHeight < innerHeight;
      hint.style.top = (below ? event.clientY + 18 : event.clientY - 12 - hint.offsetHeight) + 'px';
    });
    chart.addEventListener('mouseleave', () => { light(null); hint.hidden = true; });
  }
  for (const e of all('.legend li, .sortable tr[data-p]')) {
    e.addEventListener('mouseenter', () => light(e));
    e.addEventListener('mouseleave', () => light(null));
  }

  // A click on a column's head sorts by it, a second one the other way round.
  for (const table of all('table.sortable')) {
    const heads = [...table.querySelectorAll('thead th')];
    const body = table.tBodies[0];
    const value = (row, column) => {
      const cell = row.cells[column];
      return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v);
    };
    const compare = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b
        : String(a).localeCompare(String(b));
    heads.forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener('click', () => {
        const turn = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', turn === 1 ? 'ascending' : 'descending');
        const rows = [...body.rows].map(row => [value(row, column), row]);
        // What has no number stays below.
        const none = entry => typeof entry[0] === 'number' && entry[0] > 1e300;
        rows.sort((a, b) => none(a) - none(b) || turn * compare(a[0], b[0]));
        body.append(...rows.map(entry => entry[1]));
      });
    });
  }
})();
//]]></script>)js");
}

Html policy_element() {
  return Html(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; "
      "script-src 'sha256-FkWDJshj2oVbuWKb6mj8mR0C67ny6r4TkZ4fXj4DKcI='\"/>");
}

}  // namespace r50::sweep::page
