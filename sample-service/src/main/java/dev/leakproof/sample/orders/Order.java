package dev.leakproof.sample.orders;

/**
 * An accepted order.
 *
 * @param id what names it, here and at the peer
 * @param customer who ordered
 * @param sku what was ordered
 * @param quantity how many of it
 */
record Order(String id, String customer, String sku, int quantity) {}
