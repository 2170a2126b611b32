// Every visible control, region and dialog that has no name for a screen reader.
() => {
  function name(element) {
    const labelledBy = (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "");
    const labels = [...(element.labels ?? [])].map((label) => label.textContent);
    const own = element.matches("button, a, summary") ? element.textContent : "";
    return [element.ariaLabel, ...labelledBy, ...labels, own].join("").trim();
  }

  return [...document.querySelectorAll("button, a[href], input, select, textarea, summary, [role=region], [role=img], dialog")]
    .filter((element) => element.checkVisibility() && !name(element))
    .map((element) => element.outerHTML.slice(0, 120));
}
