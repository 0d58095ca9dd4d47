"""What the bot may say: documents as data, national topics, and the loader that checks them."""
