/** Task groups as arguments of controllers: opened for a request, and closed with it. */
@NullMarked
package dev.leakproof.spring.web;

import org.jspecify.annotations.NullMarked;
