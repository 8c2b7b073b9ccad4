/**
 * The drill: a program that does to real processes of the packaged service what a kubelet and an endpoints controller do to
 * pods, and counts at the client and at the peer what became of the work. {@link dev.leakproof.sample.drill.Drill} runs it.
 */
package dev.leakproof.sample.drill;
