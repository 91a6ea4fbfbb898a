"""Running cases brought to another version: the plan first, then case by case, and back.

move_plan.py says what would happen, migration.py does it and undoes it; refit.py brings tasks and timers along,
standard_times.py their deadlines; imprints.py is the exact picture of a case that an undo restores.
"""
