"""One module per command, or per group of commands; each declares its arguments and loads the rest when it runs."""
