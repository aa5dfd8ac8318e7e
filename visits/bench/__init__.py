"""How fast the product is: pages through the real server, beside what bounds them."""
