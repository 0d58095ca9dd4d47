"""WeChat's API, as far as the bot calls it: customer-service messages and the menu."""
