"""Sphinx: Markdown through MyST, the furo theme. `make docs` builds, warnings are errors."""

project = "NUMENEON"
author = "The NUMENEON contributors"
copyright = "2026, The NUMENEON contributors"
extensions = ["myst_parser"]
myst_enable_extensions = ["deflist", "fieldlist", "colon_fence"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "NUMENEON"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0e7490", "color-brand-content": "#0e7490"},
    "dark_css_variables": {"color-brand-primary": "#22d3ee", "color-brand-content": "#22d3ee"},
}
exclude_patterns = ["_build"]
nitpicky = False
