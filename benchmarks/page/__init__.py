"""The web page, as it is shown in docs/page.md."""
