// The theme that was chosen, before anything is painted: the one script that the page waits for.
const chosenTheme = localStorage.getItem('theme');
if (chosenTheme) document.documentElement.dataset.theme = chosenTheme;

document.addEventListener('click', ({ target }) => {
  if (!target.closest('[data-theme-switch]')) return;
  const page = document.documentElement.dataset;
  const isDark = page.theme ? page.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  page.theme = isDark ? 'light' : 'dark';
  localStorage.setItem('theme', page.theme);
});
