package dev.leakproof.sample.quotes;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * What one piece costs.
 *
 * @param sku of what
 * @param price how much
 * @param asOf when the peer said so
 */
record Quote(String sku, BigDecimal price, Instant asOf) {}
