"""Understanding: from a message to what it asks and what it says, as pure functions over the text."""
