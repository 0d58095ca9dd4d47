"""The channel of 企业微信: the protocol of an Official Account with a few rules of its own."""
