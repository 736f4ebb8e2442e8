"""Why expected records differ from their lines, and why lines have no row."""

FAULTS = []
UNREAD = []
