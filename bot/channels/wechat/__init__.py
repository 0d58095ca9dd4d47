"""The WeChat Official Account channel: verify, read, answer in time, encrypt."""
