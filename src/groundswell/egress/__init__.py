"""The one door to other servers: every address that comes from outside is asked through here."""
