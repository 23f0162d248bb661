"""Names of nodes as data: who gave them, when, and how often they are right."""
