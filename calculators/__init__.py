"""What residents pay and get back, worked out from a region's parameters: one engine, no region in code."""
