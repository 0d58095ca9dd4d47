"""The console for the office that runs the bot: what people ask, what went without an answer, and mending it.

It reads the journal, asks the assistant, and writes to the overlay of the knowledge; nothing knows it but the
wiring.
"""
