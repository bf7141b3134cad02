"""WooCommerce's interface (REST, v3): orders and coupons of a shop on WordPress."""
