"""The top floor: settings, the embedded database, and how everything is started."""
