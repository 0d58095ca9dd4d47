"""The dialogue: deciding what a message is about, and answering it from the knowledge."""
