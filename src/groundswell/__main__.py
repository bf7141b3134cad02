"""``python -m groundswell`` is the program ``groundswell``."""

from groundswell.project.main import main

main()
