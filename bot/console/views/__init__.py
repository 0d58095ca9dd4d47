"""The views of the console, one module each: they read what was asked for, and fill a template."""
