"""The product with a workbench in it: the same program and settings, plus what only tests may do.

`DJANGO_SETTINGS_MODULE=tests.support.lab.settings` adds an address that writes entries (`/lab/notes/`), a bus that can be
made lossy, mistakes that can be switched on (`LAB_MUTANT`), and points at which the process dies (`LAB_DIE`).
"""
