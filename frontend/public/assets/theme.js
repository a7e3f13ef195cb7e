// Runs before the first paint, so that a light page never flashes dark: a classic script on purpose, modules come too late.
(() => {
  const chosen = localStorage.getItem('numeneon.theme');
  const light = chosen === 'light' || (chosen !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
})();
