/** Takes orders, singly or by the file: an order and its outbox row are written in one transaction. */
@NullMarked
package dev.leakproof.sample.orders;

import org.jspecify.annotations.NullMarked;
