"""What the bot keeps: the state of conversations for a while, and a journal of what was asked."""
