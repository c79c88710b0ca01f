"""Between views and services: one desk for each kind of work. desks.py makes those of the open recording."""
