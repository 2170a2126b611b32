// Every visible text of the page whose contrast with what is behind it is under 4.5 (WCAG 2.2, success criterion 1.4.3).
() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  function rgba(colour) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  }

  const over = ([r, g, b, a], under) => [r, g, b].map((value, at) => value * a + under[at] * (1 - a));

  function ground(element) {
    if (!element) return [255, 255, 255];
    const colour = rgba(getComputedStyle(element).backgroundColor);
    return colour[3] > 0.999 ? colour.slice(0, 3) : over(colour, ground(element.parentElement));
  }

  function luminance(rgb) {
    const [r, g, b] = rgb.map((value) => value / 255).map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function contrast(one, two) {
    const [dark, light] = [luminance(one), luminance(two)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  }

  function inkAndGround(element) {
    if (element instanceof SVGElement) {
      const box = element.closest(".node").querySelector("rect");
      return [getComputedStyle(element).fill, rgba(getComputedStyle(box).fill).slice(0, 3)];
    }
    const empty = element.matches("input, textarea") && !element.value;
    return [getComputedStyle(element, empty ? "::placeholder" : null).color, ground(element)];
  }

  function hasText(element) {
    if (element.matches("input, textarea")) return element.type !== "checkbox" && (element.value || element.placeholder);
    return [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  }

  const modal = document.querySelector("dialog[open]");
  return [...(modal ?? document.body).querySelectorAll("*")]
    .filter((element) => hasText(element) && element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
    .filter((element) => !element.closest(".sr-only, .skip, noscript, .off")) // unlit stars are decoration
    .map((element) => {
      const [ink, behind] = inkAndGround(element);
      return { element, ratio: contrast(over(rgba(ink), behind), behind) };
    })
    .filter(({ ratio }) => ratio < 4.5)
    .map(({ element, ratio }) => `${ratio.toFixed(2)} ${element.outerHTML.slice(0, 120)}`);
}
