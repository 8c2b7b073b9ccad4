package dev.leakproof.sample.quotes;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * What one piece costs.
 *
 * @param sku of what
 * @param supplier who asks for the least
 * @param price how much
 * @param asOf when they said so
 */
record Quote(String sku, String supplier, BigDecimal price, Instant asOf) {}
