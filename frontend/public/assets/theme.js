// Runs before the first paint, so that a light page never flashes dark: a classic script on purpose, modules come too late.
(() => {
  const chosen = localStorage.getItem('numeneon.theme');
  document.documentElement.dataset.theme = chosen === 'light' ? 'light' : 'dark';
})();
