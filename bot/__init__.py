"""The assistant: understanding and dialogue (pure), and the channels, storage and commands around them."""
