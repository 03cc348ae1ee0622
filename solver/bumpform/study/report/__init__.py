"""The report of a study: what it shows, gathered as rows are read, and its page."""
